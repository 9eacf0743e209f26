"""How many punches an activity gives, and until when a card can be filled. Plain values, no database."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from loyalty.lib.periods import add_months, local_date, start_of_day
from loyalty.lib.refunds import share_to_take
from loyalty.programs.kinds import Article, Happened, Refunded

MOST_AT_ONCE = 1000  # a till that says more has mistyped a quantity


class PunchOn(StrEnum):
    VISIT = "visit"
    ITEM = "item"
    AMOUNT = "amount"
    HAND = "hand"  # of a punch, never of a definition


class Expiry(StrEnum):
    NEVER = "never"
    DAYS = "days"
    MONTHS = "months"


class Reason(StrEnum):
    """What came of an activity for a card; `sentences` puts it into words."""

    PUNCHED = "punched"
    LIMIT_REACHED = "limit_reached"
    OTHER_STORE = "other_store"
    OTHER_CHANNEL = "other_channel"
    BELOW_MINIMUM = "below_minimum"
    NO_MATCHING_ITEMS = "no_matching_items"
    BELOW_ONE_STEP = "below_one_step"
    TAKEN_BACK = "taken_back"
    VISIT_STAYS = "visit_stays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What of a definition decides how many punches are given. Empty sets limit nothing, limits are None for none."""

    punch_on: str = PunchOn.VISIT
    kinds: frozenset[str] = frozenset({"purchase", "visit"})
    categories: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()
    excluded_categories: frozenset[str] = frozenset()
    excluded_skus: frozenset[str] = frozenset()
    per_amount: int = 0
    stores: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    minimum_amount: int = 0
    limit_per_visit: int | None = None
    limit_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`given` of the punches `wanted`; `limit` names what trimmed them, the `visit` or the `day`."""

    reason: str
    wanted: int = 0
    given: int = 0
    limit: str = ""


def punches_for(terms: Terms, happened: Happened, *, punched_today: int = 0) -> Verdict | None:
    """What an activity gives; None where it is none of the kinds that count.

    `punched_today` is what the member was given for the same day of the store, net of what was taken back.
    """
    if happened.kind not in terms.kinds:
        return None
    if reason := _outside(terms, happened):
        return Verdict(reason)
    wanted = _wanted(terms, happened)
    if not wanted:
        by_item = terms.punch_on == PunchOn.ITEM
        return Verdict(Reason.NO_MATCHING_ITEMS if by_item else Reason.BELOW_ONE_STEP)
    return _trimmed(terms, wanted, punched_today)


def _outside(terms: Terms, happened: Happened) -> Reason | None:
    if terms.stores and happened.store not in terms.stores:
        return Reason.OTHER_STORE
    if terms.channels and happened.channel not in terms.channels:
        return Reason.OTHER_CHANNEL
    return Reason.BELOW_MINIMUM if happened.counted < terms.minimum_amount else None


def _wanted(terms: Terms, happened: Happened) -> int:
    if terms.punch_on == PunchOn.ITEM:
        return sum(line.quantity for line in happened.lines if _counts(terms, line))
    if terms.punch_on == PunchOn.AMOUNT:
        return happened.counted // terms.per_amount
    return 1


def _counts(terms: Terms, line: Article) -> bool:
    if line.category in terms.excluded_categories or line.sku in terms.excluded_skus:
        return False
    names_goods = terms.categories or terms.skus
    return not names_goods or line.category in terms.categories or line.sku in terms.skus


def _trimmed(terms: Terms, wanted: int, punched_today: int) -> Verdict:
    per_visit = MOST_AT_ONCE if terms.limit_per_visit is None else min(terms.limit_per_visit, MOST_AT_ONCE)
    given, limit = (wanted, "") if wanted <= per_visit else (per_visit, "visit")
    if terms.limit_per_day is not None:
        left = max(terms.limit_per_day - punched_today, 0)
        given, limit = (given, limit) if given <= left else (left, "day")
    return Verdict(Reason.PUNCHED if given else Reason.LIMIT_REACHED, wanted, given, limit)


def to_take_back(refunded: Refunded, *, given_for: str, given: int, lost: int, taken: int) -> int:
    """How many punches a refund takes off the cards of what its purchase `given`; `taken` went before.

    The punch of a visit stays until everything is refunded; others go by the refunded share. What was `lost` because
    nothing is carried over goes first, and nobody misses it.
    """
    if given_for == PunchOn.VISIT:
        return given - taken if refunded.is_whole else 0
    return share_to_take(
        granted=given + lost, amount=refunded.amount, refunded=refunded.refunded, already_taken=taken + lost
    )


def card_end(expiry: str, term: int | None, opened_at: datetime, tz: tzinfo) -> datetime | None:
    """The first moment at which a card has expired: 00:00 in the program's zone, the day of opening counted."""
    if expiry == Expiry.NEVER or not term:
        return None
    day = local_date(opened_at, tz)
    return start_of_day(day + timedelta(days=term) if expiry == Expiry.DAYS else add_months(day, term), tz)
