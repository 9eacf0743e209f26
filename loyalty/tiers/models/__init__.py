"""Levels that members reach by what they do.

A `TierProgram` says what of a member's activities is measured, over which window, and what happens at the end of it; a
`Tier` is one level with its threshold and its benefits. A `Qualification` is what one activity adds to the measure,
never edited: a refund adds a negative row at the moment of its purchase. A `TierMembership` is a stretch of a member's
time in a tier (or in none again), with the reason why it began. The measure has nothing to do with the balance, which
is in `ledger`; the code of the present tier is pushed down into `members.Enrolment.tier`.
"""

from .membership import TierMembership
from .program import TierProgram
from .qualification import Qualification
from .tier import Tier

__all__ = ["Qualification", "Tier", "TierMembership", "TierProgram"]
