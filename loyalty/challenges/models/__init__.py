"""What members may take part in.

A `Challenge` is something to reach: `ChallengeStep`s are what activities add to a member's `ChallengeProgress`, and a
`ChallengeCompletion` is a win with what it gave. A `Badge` is a distinction and a `BadgeAward` says who has it. A
`CodeBatch` is made of `EntryCode`s, each entered once (`CodeUse`). A `Draw` draws its `DrawWin`s among `DrawEntry`s on
its day; an `InstantWin` decides each `InstantPlay` at once. An `Occasion` is an event, and an `Invitation` what a
member answered. Points and vouchers are not here: they are in `ledger` and `rewards`, given because of a row of this
room.
"""

from .badge import Badge, BadgeAward
from .challenge import Challenge
from .code import CodeAttempts, CodeBatch, CodeUse, EntryCode
from .draw import Draw, DrawEntry, DrawWin
from .instant import InstantPlay, InstantWin
from .occasion import Invitation, Occasion
from .progress import ChallengeCompletion, ChallengeProgress, ChallengeStep, Participation

__all__ = [
    "Badge",
    "BadgeAward",
    "Challenge",
    "ChallengeCompletion",
    "ChallengeProgress",
    "ChallengeStep",
    "CodeAttempts",
    "CodeBatch",
    "CodeUse",
    "Draw",
    "DrawEntry",
    "DrawWin",
    "EntryCode",
    "InstantPlay",
    "InstantWin",
    "Invitation",
    "Occasion",
    "Participation",
]
