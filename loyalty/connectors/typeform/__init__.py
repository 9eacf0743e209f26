"""Typeform: answers to a form."""

from .mapping import read
from .signature import named, sent_by

__all__ = ["named", "read", "sent_by"]
