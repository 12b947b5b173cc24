"""Every error a user can meet: one base class, a stable code, no report text."""

from __future__ import annotations


class EmhReportError(Exception):
    """Something the user can act on. The message says where, what and what to do; it never quotes a report."""

    code = "error"


class InputError(EmhReportError):
    """An input that cannot be read as a report."""

    code = "input"


class FindingsError(EmhReportError):
    """JSON that is not a findings object; the message names the JSON path."""

    code = "findings"


class LexiconError(EmhReportError):
    """One or more faults in lexicon files, each as ``file:line: fault``."""

    code = "lexicon"


class TemplateFault(EmhReportError):
    """A template that is missing, or names something that does not exist."""

    code = "template"


class GoldError(EmhReportError):
    """A gold file that cannot be judged."""

    code = "gold"


class SourceError(EmhReportError):
    """A report that is not the one the findings came from."""

    code = "source"


class MissingExtra(EmhReportError):
    """An optional dependency that is not installed; the message is the command that installs it."""

    code = "extra"
