"""The plain values that rules are decided with: rules, facts, policy and verdict. No database.

`compile_rule` and `compile_policy` make them of an `EarningRule` and a `Program`, once per batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple, NotRequired, TypedDict

from loyalty.earning.basket import NO_LIMITS, Limits, Line
from loyalty.ledger.book import POINTS
from loyalty.programs.kinds import Standing

PURCHASE = "purchase"
REWARDS = "rewards"  # the purse of rules that give rewards; the others are the ledger's currencies
CAPS = ("cap_per_activity", "cap_per_day", "cap_per_month", "cap_per_member", "budget")

Exact = int | Fraction


class Reason(StrEnum):
    """Why a rule granted what it granted; stored with the decision, so a value is never renamed."""

    MATCHED = "matched"
    NOT_YET_VALID = "not_yet_valid"
    ENDED = "ended"
    OTHER_STORE = "other_store"
    OTHER_CHANNEL = "other_channel"
    OTHER_BRAND = "other_brand"
    OTHER_TENDER = "other_tender"
    OTHER_WEEKDAY = "other_weekday"
    OUTSIDE_HOURS = "outside_hours"
    MISSING_TAG = "missing_tag"
    OTHER_TIER = "other_tier"
    OTHER_PLAN = "other_plan"
    NO_MATCHING_ARTICLES = "no_matching_articles"
    NOTHING_TO_EARN_ON = "nothing_to_earn_on"
    BELOW_MINIMUM = "below_minimum"
    BELOW_ONE_STEP = "below_one_step"
    NOTHING_TO_MULTIPLY = "nothing_to_multiply"
    LOST_IN_GROUP = "lost_in_group"
    CAPPED = "capped"
    BUDGET_SPENT = "budget_spent"
    OUT_OF_STOCK = "out_of_stock"


class Outcome(TypedDict):
    """One rule's answer, as it is stored. Points are whole; `amount` and `needed` are minor units.

    Of another currency than points, which the outcome then names, `desired` and `granted` are of that one; where the
    rule gives a reward, they count rewards.
    """

    rule: str
    version: int
    reason: str
    desired: int
    granted: int
    amount: NotRequired[int]  # the money that earned, or that fell short of `needed`
    needed: NotRequired[int]
    factor: NotRequired[str]  # of a multiplier
    cap: NotRequired[str]  # which cap trimmed: activity, day, month, member or budget
    winner: NotRequired[str]  # the rule that won the exclusive group
    currency: NotRequired[str]  # where it is not points
    reward: NotRequired[str]  # the code of the reward that the rule gives
    names: NotRequired[dict[str, str]]  # what the reward was called then, by language


class Gift(NamedTuple):
    """The reward that a rule gives: its code, and its names by language."""

    code: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An earning rule ready for use; `compile_rule` makes one of a row. Empty sets and None restrict nothing."""

    code: str
    effect: str
    kind: str = PURCHASE
    version: int = 1
    currency: str = POINTS
    points: int = 0
    per_amount: int = 0
    factor: Exact = 1
    gift: Gift | None = None
    limits: Limits = NO_LIMITS
    stores: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    member_tags: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()
    weekdays: frozenset[int] = frozenset()
    hour_from: int | None = None
    hour_to: int | None = None
    minimum_amount: int = 0
    cap_per_activity: int | None = None
    cap_per_day: int | None = None
    cap_per_month: int | None = None
    cap_per_member: int | None = None
    budget: int | None = None
    priority: int = 0
    exclusive_group: str = ""
    activation_delay_days: int = 0
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    is_limited: bool = field(init=False)
    is_conditional: bool = field(init=False)
    is_capped: bool = field(init=False)

    def __post_init__(self) -> None:
        places = (self.stores, self.channels, self.brands, self.weekdays, self.limits)
        conditions = (*places, self.member_tags, self.tiers, self.plans)
        bounds = (self.hour_from, self.hour_to, self.valid_from, self.valid_to)
        object.__setattr__(self, "is_limited", bool(self.limits))
        object.__setattr__(self, "is_conditional", any(conditions) or any(bound is not None for bound in bounds))
        object.__setattr__(self, "is_capped", any(getattr(self, cap) is not None for cap in CAPS))

    @property
    def is_multiplier(self) -> bool:
        return self.effect == "multiplier"

    @property
    def purse(self) -> str:
        """Rules of different purses do not meet: each is decided apart."""
        return REWARDS if self.gift else self.currency


@dataclass(slots=True)
class Facts:
    """What is known of one activity. `local` is `occurred_at` on the clock of the store, else of the program."""

    kind: str
    occurred_at: datetime
    local: datetime
    amount: int = 0  # the whole purchase in minor units, tax included
    lines: Sequence[Line] = ()
    store: str = ""
    channel: str = ""
    brand: str = ""
    paid_with: Sequence[tuple[str, int]] = ()
    member_tags: frozenset[str] = frozenset()
    standing: Mapping[str, str] = field(default_factory=dict)  # kind of program → the member's tier or plan


@dataclass(frozen=True, slots=True)
class Policy:
    """What of a program bears on every rule."""

    rounding: str = "floor"
    earn_on: str = "net"
    excluded: Limits = NO_LIMITS


@dataclass(slots=True)
class Verdict:
    """`grants` by days until the points can be used; `usage` is to be added to what capped rules have granted."""

    granted: int
    grants: dict[int, int]
    outcomes: list[Outcome]
    usage: dict[tuple[str, str], int]

    def trim(self, granted: int) -> None:
        """Leave so many points, those that can be used first; what the rules counted for themselves stays counted."""
        self.granted, left, grants = granted, granted, {}
        for delay, points in sorted(self.grants.items()):
            if part := min(points, left):
                grants[delay] = part
                left -= part
        self.grants = grants


_COPIED = (
    *CAPS,
    "hour_from",
    "hour_to",
    "minimum_amount",
    "priority",
    "exclusive_group",
    "activation_delay_days",
    "valid_from",
    "valid_to",
)


def compile_rule(row: Any) -> Rule:
    """The plain values of an `EarningRule`; select its reward with it."""
    return Rule(
        code=row.code,
        effect=row.effect,
        kind=row.kind,
        version=row.version,
        currency=row.currency,
        points=row.points or 0,
        per_amount=row.per_amount or 0,
        factor=_exact(row.factor),
        gift=Gift(row.reward.code, {"en": row.reward.name_en, "fr": row.reward.name_fr}) if row.reward_id else None,
        limits=Limits(
            categories=frozenset(row.categories),
            skus=frozenset(row.skus),
            excluded_categories=frozenset(row.excluded_categories),
            excluded_skus=frozenset(row.excluded_skus),
            tenders=frozenset(row.tenders),
        ),
        stores=frozenset(row.stores),
        channels=frozenset(row.channels),
        brands=frozenset(row.brands),
        member_tags=frozenset(row.member_tags),
        tiers=frozenset(row.tiers),
        plans=frozenset(row.plans),
        weekdays=frozenset(row.weekdays),
        **{name: getattr(row, name) for name in _COPIED},
    )


def boosts_of(standing: Mapping[str, Standing], kind: str) -> list[Rule]:
    """The multipliers that the member's tier and plan bring, as rules of their own: `tiers:gold`."""
    return [
        Rule(code=f"{name}:{each.code}", effect="multiplier", kind=kind, factor=_exact(each.factor))
        for name, each in standing.items()
        if each.factor != 1
    ]


def compile_policy(program: Any) -> Policy:
    """The plain values of a `Program` that bear on every rule."""
    excluded = Limits(
        excluded_categories=frozenset(program.excluded_categories), excluded_skus=frozenset(program.excluded_skus)
    )
    return Policy(rounding=program.rounding, earn_on=program.earn_on, excluded=excluded)


def _exact(factor: Decimal | None) -> Exact:
    if factor is None:
        return 1
    exact = Fraction(factor)
    return int(exact) if exact.denominator == 1 else exact
