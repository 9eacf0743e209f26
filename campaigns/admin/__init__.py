"""The admin of campaigns: e-mails, what was sent, and segments."""

from campaigns.admin import messages, segments

__all__ = ["messages", "segments"]
