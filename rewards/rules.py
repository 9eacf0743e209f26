"""What points become: the arithmetic, without a database.

Amounts are integer minor units, points are integers, moments are aware. A function that refuses says why in a sentence
for the person who asked; it never raises for a refusal.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

Text = str | Promise


class Code(StrEnum):
    """Why something was refused, for callers that are programs."""

    INACTIVE = "inactive"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    WOUND_DOWN = "wound_down"
    WRONG_STORE = "wrong_store"
    NOT_FOR_POINTS = "not_for_points"
    OUT_OF_STOCK = "out_of_stock"
    LIMIT_REACHED = "limit_reached"
    TOO_FEW_POINTS = "too_few_points"
    NOTHING_ELIGIBLE = "nothing_eligible"
    BELOW_MINIMUM = "below_minimum"
    BASKET_TOO_SMALL = "basket_too_small"
    LINES_NEEDED = "lines_needed"
    BASKET_NEEDED = "basket_needed"
    NOTHING_LEFT = "nothing_left"
    NOT_STACKABLE = "not_stackable"
    NOT_FOR_MEMBER = "not_for_member"
    SALE_UNDONE = "sale_undone"
    CHOOSE_FIRST = "choose_first"
    NOT_A_PART = "not_a_part"
    MEMBER_NEEDED = "member_needed"
    ONE_PER_MEMBER = "one_per_member"
    USED = "used"
    EXPIRED = "expired"
    RESERVED = "reserved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    message: Text


# Rewards


@dataclass(frozen=True, slots=True)
class Membership:
    """What a member is in the program, by code, and how he is tagged."""

    tier: str = ""
    plan: str = ""
    tags: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom something is for: a tier, a plan, a tag or a segment that fits is enough; all empty, for everybody."""

    tiers: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.tiers or self.plans or self.tags or self.segments)

    def admits(self, member: Membership | None) -> bool:
        if not self:
            return True
        if member is None:
            return False
        by_code = member.tier in self.tiers or member.plan in self.plans
        return by_code or bool(member.tags & self.tags or member.segments & self.segments)


@dataclass(frozen=True, slots=True)
class RewardTerms:
    """A reward as the rules see it. `stores` holds codes, empty for all; `stock` and the limit are None for endless.

    The audience alone can have it; where there is `early_from`, everybody can from `valid_from` on, and the audience
    from that earlier moment.
    """

    is_active: bool = True
    points_price: int | None = None
    stock: int | None = None
    per_member_limit: int | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    stores: frozenset[str] = frozenset()
    audience: Audience = Audience()
    early_from: datetime | None = None


def reward_refusal(
    terms: RewardTerms,
    *,
    at: datetime,
    store: str,
    taken: int,
    quantity: int,
    closed: bool,
    member: Membership | None = None,
) -> Refusal | None:
    """Why a member who has `taken` so far cannot have `quantity` more now, points aside; None when it is possible.

    `store` is a code, empty where the redemption happens in no store. `closed` says that the program's last
    redemption day is over.
    """
    if closed:
        return Refusal(Code.WOUND_DOWN, _("The program’s last redemption day is over."))
    if not terms.is_active:
        return Refusal(Code.INACTIVE, _("This reward is not offered."))
    belongs = terms.audience.admits(member)
    if not belongs and terms.early_from is None:
        return not_for_member()
    opening = terms.early_from if belongs and terms.early_from else terms.valid_from
    if refusal := _outside(opening, terms.valid_to, at):
        return refusal
    if terms.stores and store not in terms.stores:
        return Refusal(Code.WRONG_STORE, _("This reward is not available in this store."))
    if terms.points_price is None:
        return Refusal(Code.NOT_FOR_POINTS, _("This reward cannot be bought with points."))
    if terms.stock is not None and terms.stock < quantity:
        return out_of_stock(terms.stock)
    if terms.per_member_limit is not None and taken + quantity > terms.per_member_limit:
        return limit_reached(terms.per_member_limit)
    return None


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """A member offer as the rules see it; the audience and the moments are a reward's."""

    audience: Audience = Audience()
    early_from: datetime | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def sees_offer(terms: OfferTerms, *, at: datetime, member: Membership | None) -> bool:
    """Whether a member of the program is shown the offer at that moment; who is not a member never is."""
    if member is None:
        return False
    belongs = terms.audience.admits(member)
    if not belongs and terms.early_from is None:
        return False
    opening = terms.early_from if belongs and terms.early_from else terms.valid_from
    return _outside(opening, terms.valid_to, at) is None


def parts_missing(kind: str, parts: int) -> Text | None:
    """Why a reward of that kind cannot have so few parts."""
    if kind == "bundle" and parts < 1:
        return _("Name the parts that are given together.")
    if kind == "choice" and parts < 2:
        return _("Name two parts or more to choose from.")
    return None


def not_for_member() -> Refusal:
    return Refusal(Code.NOT_FOR_MEMBER, _("This reward is for certain members only."))


def out_of_stock(stock: int) -> Refusal:
    if stock == 0:
        return Refusal(Code.OUT_OF_STOCK, _("This reward is out of stock."))
    sentence = ngettext_lazy("Only %(n)d is left of this reward.", "Only %(n)d are left of this reward.", "n")
    return Refusal(Code.OUT_OF_STOCK, sentence % {"n": stock})


def limit_reached(limit: int) -> Refusal:
    sentence = ngettext_lazy(
        "A member can have this reward %(n)d time.", "A member can have this reward %(n)d times.", "n"
    )
    return Refusal(Code.LIMIT_REACHED, sentence % {"n": limit})


def _outside(valid_from: datetime | None, valid_to: datetime | None, at: datetime) -> Refusal | None:
    if valid_from is not None and at < valid_from:
        return Refusal(Code.TOO_EARLY, _("This offer has not begun yet."))
    if valid_to is not None and at >= valid_to:
        return Refusal(Code.TOO_LATE, _("This offer has ended."))
    return None


# Paying at the till


class Line(Protocol):
    """An article of a basket; the activity's lines fit."""

    sku: str
    category: str
    quantity: int
    unit_price: int | None


@dataclass(frozen=True, slots=True)
class Basket:
    """What is being paid. `amount` is what is due for everything; lines may be missing where the till sends none."""

    amount: int
    lines: Sequence[Line] = ()
    store: str = ""


@dataclass(frozen=True, slots=True)
class BurnTerms:
    """A burn rule as the rules see it: each full `points` pay `value`."""

    points: int
    value: int
    rule_id: int | None = None
    is_active: bool = True
    minimum_points: int = 0
    largest_share: Decimal = Decimal(100)
    categories: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Goods of the program that can never be paid with points."""

    categories: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Quote:
    """The most that points can do for a basket: `points` pay `value`; both 0 with a `refusal`."""

    points: int = 0
    value: int = 0
    rule_id: int | None = None
    refusal: Refusal | None = field(default=None)


def quote(
    terms: BurnTerms,
    *,
    basket: Basket,
    available: int,
    at: datetime,
    exclusions: Exclusions = Exclusions(),
    closed: bool = False,
    wanted: int | None = None,
) -> Quote:
    """How many of the `available` points this rule lets pay for the basket, at most `wanted` of them."""
    refusal = _burn_refusal(terms, basket, at, closed)
    if refusal is not None:
        return Quote(rule_id=terms.rule_id, refusal=refusal)
    payable = payable_amount(terms, basket, exclusions)
    asked = available if wanted is None else min(available, wanted)
    steps = max(0, min(asked // terms.points, payable // terms.value))
    points = steps * terms.points
    if steps and points >= terms.minimum_points:
        return Quote(points, steps * terms.value, terms.rule_id)
    return Quote(rule_id=terms.rule_id, refusal=_why_nothing(terms, basket, payable, asked, exclusions))


def best_quote(quotes: Iterable[Quote]) -> Quote:
    """The quote that pays the most, with the fewest points among equals; the first refusal where none pays."""
    quotes = list(quotes)
    paying = [each for each in quotes if each.value]
    if paying:
        return max(paying, key=lambda each: (each.value, -each.points))
    no_rule = Quote(refusal=Refusal(Code.INACTIVE, _("Points do not pay at the till in this program.")))
    return quotes[0] if quotes else no_rule


def payable_amount(terms: BurnTerms, basket: Basket, exclusions: Exclusions) -> int:
    """The part of the basket that points may pay: eligible goods, within the largest share of the whole."""
    share = (basket.amount * terms.largest_share / 100).to_integral_value(ROUND_FLOOR)
    return min(_eligible_amount(terms, basket, exclusions), int(share))


def _eligible_amount(terms: BurnTerms, basket: Basket, exclusions: Exclusions) -> int:
    """A line without a price counts only where the whole basket is eligible: its amount then needs no lines."""
    eligible = [line for line in basket.lines if _is_eligible(line, terms, exclusions)]
    if len(eligible) == len(basket.lines):
        return basket.amount
    return min(basket.amount, sum(line.quantity * (line.unit_price or 0) for line in eligible))


def _is_eligible(line: Line, terms: BurnTerms, exclusions: Exclusions) -> bool:
    if line.category in exclusions.categories or line.sku in exclusions.skus:
        return False
    return not terms.categories or line.category in terms.categories


def _burn_refusal(terms: BurnTerms, basket: Basket, at: datetime, closed: bool) -> Refusal | None:
    if closed:
        return Refusal(Code.WOUND_DOWN, _("The program’s last redemption day is over."))
    if not terms.is_active:
        return Refusal(Code.INACTIVE, _("Points do not pay at the till in this program."))
    if refusal := _outside(terms.valid_from, terms.valid_to, at):
        return refusal
    if terms.stores and basket.store not in terms.stores:
        return Refusal(Code.WRONG_STORE, _("Points do not pay in this store."))
    if terms.categories and not basket.lines:
        return Refusal(Code.LINES_NEEDED, _("Points pay for certain goods only: the basket’s articles are needed."))
    return None


def _why_nothing(terms: BurnTerms, basket: Basket, payable: int, asked: int, exclusions: Exclusions) -> Refusal:
    if not _eligible_amount(terms, basket, exclusions):
        return Refusal(Code.NOTHING_ELIGIBLE, _("Nothing in this basket can be paid with points."))
    least = max(terms.minimum_points, terms.points)
    if asked < least:
        sentence = _("At least %(least)d points are needed, %(points)d can be used.")
        return Refusal(Code.TOO_FEW_POINTS, sentence % {"least": least, "points": asked})
    if payable < terms.value:
        return Refusal(Code.BASKET_TOO_SMALL, _("The basket is too small to be paid with points."))
    sentence = _("At least %(least)d points must be used, this basket takes fewer.")
    return Refusal(Code.BELOW_MINIMUM, sentence % {"least": least})


# Monthly issuance


@dataclass(frozen=True, slots=True)
class Issued:
    points: int
    value: int


def issued(available: int, *, points: int, value: int) -> Issued:
    """What `available` points become: 350 at 100 → 5.00 are one voucher worth 15.00 and 300 points."""
    steps = max(0, available) // points
    return Issued(steps * points, steps * value)


# Vouchers


@dataclass(frozen=True, slots=True)
class VoucherTerms:
    """A voucher as the rules see it: its state, its end, and the sale that holds it until `reserved_until`."""

    state: str
    expires_at: datetime | None = None
    reserved_until: datetime | None = None
    reserved_for: str = ""


def voucher_refusal(terms: VoucherTerms, *, at: datetime, held_for: str = "") -> Refusal | None:
    """Why a voucher cannot be used at that moment by the sale `held_for`; None when it can."""
    if terms.state == "withdrawn":
        return Refusal(Code.WITHDRAWN, _("This voucher was withdrawn."))
    if terms.state == "exchanged":
        return Refusal(Code.USED, _("This voucher was exchanged before."))
    if terms.state == "used":
        return Refusal(Code.USED, _("This voucher was used before."))
    if terms.expires_at is not None and at >= terms.expires_at:
        return Refusal(Code.EXPIRED, _("This voucher has expired."))
    if terms.reserved_until is not None and at < terms.reserved_until and terms.reserved_for != held_for:
        return Refusal(Code.RESERVED, _("Another sale is holding this voucher."))
    return None


def shown_state(state: str, expires_at: datetime | None, at: datetime) -> str:
    """The state as people mean it: unused, used, withdrawn or expired. What a sale holds is unused."""
    if state in ("used", "withdrawn"):
        return state
    return "expired" if expires_at is not None and expires_at <= at else "unused"


def store_honours(stores: Collection[Any], store: Any | None) -> bool:
    """Whether a voucher that lists `stores` (none means all) can be used in `store`, None being outside any store."""
    return not stores or store in stores
