"""The verbs of challenges, badges and codes to enter.

`follow` and `follow_codes` are told by the one verb what members did, in its transaction; `check_code` and `CodeCheck`
say before whether a code can be entered. The other verbs set definitions up. What is refused carries a `code` and a
sentence for the person who asked.
"""

from .batches import (
    CodesRefused,
    change_codes,
    generate_codes,
    hand_out_codes,
    is_ready,
    stop_codes,
)
from .codes import ClaimLost, CodeCheck, Entry, check_code, follow_codes
from .definitions import (
    JoinRefused,
    add_badge,
    add_challenge,
    change_challenge,
    is_under_way,
    join_challenge,
)
from .following import follow

__all__ = [
    "ClaimLost",
    "CodeCheck",
    "CodesRefused",
    "Entry",
    "JoinRefused",
    "add_badge",
    "add_challenge",
    "change_challenge",
    "change_codes",
    "check_code",
    "follow",
    "follow_codes",
    "generate_codes",
    "hand_out_codes",
    "is_ready",
    "is_under_way",
    "join_challenge",
    "stop_codes",
]
