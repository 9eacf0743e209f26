"""SurveyMonkey: its webhook says that somebody answered; who it was is asked of its API."""

from .answers import check, complete, headers
from .mapping import read
from .signature import named, sent_by

__all__ = ["check", "complete", "headers", "named", "read", "sent_by"]
