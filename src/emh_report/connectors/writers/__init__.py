"""Writers: one module a format; see ``connectors.base``."""
