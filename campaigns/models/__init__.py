"""What is said to members by e-mail, and when; and who is meant.

An `Occasion` is a kind of thing worth a message; an `EmailSetting` is what one program changes about it, and no row
means the defaults. A `Message` is one e-mail to one member about one occasion. It is said at most once: it belongs to
whoever moves it from queued to sending, and what was interrupted while being sent is never sent again, because nobody
can know whether it went out. The e-mail's text is not kept: it is made from the templates and the figures. A `Segment`
is the members of a program who fit conditions, under a name.
"""

from .messages import DAYS_BEFORE, EmailSetting, Message, Occasion, validate_placeholders
from .segment import Segment

__all__ = ["DAYS_BEFORE", "EmailSetting", "Message", "Occasion", "Segment", "validate_placeholders"]
