"""The verbs of challenges, badges, codes to enter, prize draws, instant wins and occasions.

The `follow…` verbs are told by the one verb what members did, in its transaction; `check_code` and `CodeCheck` say
before whether a code can be entered. What is refused carries a `code` and a sentence for the person who asked.
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
from .draws import DrawRefused, add_draw, disqualify, follow_draws, hold_draw
from .following import follow
from .instant_wins import (
    StockChanged,
    add_instant_win,
    follow_instant_wins,
    foresee_instant_wins,
    set_prizes_left,
)
from .occasions import (
    InvitationRefused,
    accept,
    add_occasion,
    cancel_occasion,
    change_occasion,
    check_in,
    decline,
    invite,
    mark_no_shows,
)

__all__ = [
    "ClaimLost",
    "CodeCheck",
    "CodesRefused",
    "DrawRefused",
    "Entry",
    "InvitationRefused",
    "JoinRefused",
    "StockChanged",
    "accept",
    "add_badge",
    "add_challenge",
    "add_draw",
    "add_instant_win",
    "add_occasion",
    "cancel_occasion",
    "change_challenge",
    "change_codes",
    "change_occasion",
    "check_code",
    "check_in",
    "decline",
    "disqualify",
    "follow",
    "follow_codes",
    "follow_draws",
    "follow_instant_wins",
    "foresee_instant_wins",
    "generate_codes",
    "hand_out_codes",
    "hold_draw",
    "invite",
    "is_ready",
    "is_under_way",
    "join_challenge",
    "mark_no_shows",
    "set_prizes_left",
    "stop_codes",
]
