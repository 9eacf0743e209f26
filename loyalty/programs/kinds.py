"""What the one verb and the kinds of program say to each other: plain values, no tables, no database.

`earning` records what members did and then tells each kind of program that the program has (tiers, punch cards,
subscriptions, referrals, challenges, partners) by calling its verb with a batch of `Happened`, inside the same
transaction and with the members' accounts locked. The kind does what is its own to do and answers with an `Effect` for
each thing that came of it; the effects stand in the activity's decision, beside the outcomes of the rules.

Before the rules are applied, `earning` asks the kinds for the members' `Standing`: what tier and plan they had.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol, runtime_checkable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """Kinds of activity that the product itself knows; a program may record others."""

    PURCHASE = "purchase", _("purchase")
    REFUND = "refund", _("refund")
    VISIT = "visit", _("visit")
    SIGN_UP = "sign_up", _("sign-up")
    CONSENT = "consent", _("consent given")
    BIRTHDAY = "birthday", _("birthday")
    REVIEW = "review", _("review")
    SURVEY = "survey", _("survey answer")
    CONTEST = "contest", _("contest entry")
    SHARE = "share", _("social share")
    CODE = "code", _("code entered")
    ATTENDANCE = "attendance", _("occasion attended")


class Article(Protocol):
    """A line of a purchase; `unit_price` in minor units, None where the till does not send it."""

    sku: str
    category: str
    quantity: int
    unit_price: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """The purchase behind a refund. `amount` was paid for it; `refunded` is what all its refunds so far came to, the
    one at hand included: `lib.refunds.share_to_take` says what to take back."""

    activity_id: int
    occurred_at: datetime
    amount: int
    refunded: int

    @property
    def is_whole(self) -> bool:
        return self.refunded >= self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An activity that has been recorded. Money is in minor units.

    `amount` is what a purchase cost or what a refund gave back; `counted` is what of a purchase the program rewards:
    without excluded goods and, where points earn no points, without what points paid. `points` is what the rules
    granted (what a refund took, as a negative number). `is_history` marks a load of the past: it counts, but no gift
    comes of it.
    """

    activity_id: int
    source: str
    external_id: str
    member_id: int
    kind: str
    occurred_at: datetime
    local: datetime  # on the clock of the store, else of the program
    amount: int = 0
    counted: int = 0
    points: int = 0
    lines: Sequence[Article] = ()
    paid_with: Sequence[tuple[str, int]] = ()
    store: str = ""
    channel: str = ""
    brand: str = ""
    referral: str = ""  # the code of whoever sent the member
    code: str = ""  # a code that the member entered
    refund_of: Refunded | None = None
    is_history: bool = False

    @property
    def reference(self) -> str:
        """The name of this activity for vouchers and points that a kind gives because of it."""
        return str(self.activity_id)


class Effect(NamedTuple):
    """What came of an activity. `outcome` is stored with the decision: JSON, with `effect` (the kind's own name, as in
    `{"effect": "punch", "reason": "punched", "card": "coffee", "punches": 3, "of": 5}`) and a `reason` that its
    sentences know."""

    activity_id: int
    outcome: dict[str, Any]


class Refusal(NamedTuple):
    """Why a kind of program does not accept an activity: for machines, the field that is wrong, a sentence for people.

    A kind may be asked before anything is recorded (`check`): where it answers with a refusal, nothing is."""

    code: str
    field: str
    message: str


class Check(Protocol):
    """What a kind knows of a batch's activities, read once; it is asked for one activity after the other."""

    def fault(self, activity: Any, member_id: int) -> Refusal | None: ...


@runtime_checkable
class Limit(Protocol):
    """A check that also limits how many points an activity may give: `room` of what the rules would grant, or why the
    activity is refused. It remembers what it let pass. `outcome` goes into the decision where it left fewer."""

    def room(self, activity: Any, points: int) -> int | Refusal: ...

    def outcome(self, activity: Any, desired: int, granted: int) -> dict[str, Any]: ...


class Standing(NamedTuple):
    """A member's tier or plan at a moment. `factor` multiplies the points that the rules grant; 1 changes nothing."""

    code: str
    factor: Decimal = Decimal(1)


class Standings(Protocol):
    """The history of a batch's members, asked by moment: late activities are rated by what the member was then."""

    def at(self, member_id: int, moment: datetime) -> Standing | None: ...
