"""The verbs of punch cards: define a card, punch what members do, punch and take back by hand, end what has expired.

Vouchers come from `rewards` in the same transaction. An operation that refuses raises `PunchRefused`, with a `code` and
a sentence for the person who asked.
"""

from .by_hand import PunchRefused, can_be_undone, stamp_by_hand, undo_stamp
from .defining import add_punch_card
from .expiring import expire_cards
from .missing import give_missing_rewards
from .punching import punch

__all__ = [
    "PunchRefused",
    "add_punch_card",
    "can_be_undone",
    "expire_cards",
    "give_missing_rewards",
    "punch",
    "stamp_by_hand",
    "undo_stamp",
]
