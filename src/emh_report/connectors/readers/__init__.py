"""Readers: one module a format; see ``connectors.base``."""
