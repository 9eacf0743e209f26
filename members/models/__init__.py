"""Who the members are.

A `Member` is one person, in however many programs; an `Enrolment` is that person in one program, with the summary
row that everybody filters by; a `Card` is what the person shows; a `Consent` is one answer about one channel, never
edited: the latest record holds; a `Household` is a family or a company of members of one program; a
`MemberMerge` says that two members were one person. Points are not here: they are in `ledger`.
"""

from .card import MOST_CARDS, Card, CardBatch
from .consent import Consent
from .enrolment import Enrolment
from .household import Household, HouseholdMember
from .member import EMAIL_TAKEN, ExternalId, Member
from .merge import MemberMerge
from .suppression import Suppression

__all__ = [
    "EMAIL_TAKEN",
    "MOST_CARDS",
    "Card",
    "CardBatch",
    "Consent",
    "Enrolment",
    "ExternalId",
    "Household",
    "HouseholdMember",
    "Member",
    "MemberMerge",
    "Suppression",
]
