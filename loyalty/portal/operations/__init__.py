"""What members do on their own pages and no room below knows: prove an address, join, ask to be forgotten."""

from .codes import CodeRefused, ask_code, enter_code, send_code
from .erasing import erase_due, request_erasure, withdraw_erasure
from .joining import Draft, join
from .throttling import TooOften, check_often
from .tidying import tidy

__all__ = [
    "CodeRefused",
    "Draft",
    "TooOften",
    "ask_code",
    "check_often",
    "enter_code",
    "erase_due",
    "join",
    "request_erasure",
    "send_code",
    "tidy",
    "withdraw_erasure",
]
