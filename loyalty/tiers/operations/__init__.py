"""The verbs of tiers: define, qualify, set by hand, review.

`qualify` follows what members do and is called by earning; `review_tiers` is the night's.
"""

from .by_hand import end_tier_by_hand, set_tier_by_hand
from .defining import save_tiers, set_tiers
from .errors import TierRefused
from .nightly import Reviewed, end_raising, review_tiers
from .qualifying import qualify

__all__ = [
    "Reviewed",
    "TierRefused",
    "end_raising",
    "end_tier_by_hand",
    "qualify",
    "review_tiers",
    "save_tiers",
    "set_tier_by_hand",
    "set_tiers",
]
