"""The verbs of referrals. `at` is when it counts, `by` who did it, or None for the system."""

from .definitions import add_ambassador, make_code, note_device, set_referral_program
from .errors import ReferralsError
from .following import follow
from .nightly import Settled, settle
from .reviewing import decide

__all__ = [
    "ReferralsError",
    "Settled",
    "add_ambassador",
    "decide",
    "follow",
    "make_code",
    "note_device",
    "set_referral_program",
    "settle",
]
