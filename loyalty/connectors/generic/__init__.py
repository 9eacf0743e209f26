"""Any system that can send JSON and sign it: which field means what is written in the admin."""

from .mapping import read
from .signature import named, sent_by

__all__ = ["named", "read", "sent_by"]
