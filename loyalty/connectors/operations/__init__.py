"""What comes in and what goes out: receive, work off, give to a member, pass over; carts; a shop's discount codes."""

from .carts import announce_abandoned
from .codes import follow_vouchers, send_codes
from .connecting import ConnectionChecked, check, save_connection
from .receiving import NotAccepted, receive
from .settling import CannotSettle, give_to, pass_over, try_again
from .working import forget_old, look_again, work_off

__all__ = [
    "CannotSettle",
    "ConnectionChecked",
    "NotAccepted",
    "announce_abandoned",
    "check",
    "follow_vouchers",
    "forget_old",
    "give_to",
    "look_again",
    "pass_over",
    "receive",
    "save_connection",
    "send_codes",
    "try_again",
    "work_off",
]
