"""Who is a friend, of whom, and whether that is believable: pure functions over plain values. No database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from loyalty.lib.fields import folded
from loyalty.lib.periods import local_date, start_of_day

GMAIL = ("gmail.com", "googlemail.com")


class Reason(StrEnum):
    """What came of a code or of a friend's purchase: for machines; `sentences` has the words."""

    JOINED = "joined"
    HELD = "held"
    QUALIFIED = "qualified"
    REWARDED = "rewarded"
    FRIEND_REWARDED = "friend_rewarded"
    UNDONE = "undone"
    TAKEN_BACK = "taken_back"
    GIFT_USED = "gift_used"
    NOT_KEPT = "not_kept"
    BELOW_MINIMUM = "below_minimum"
    ACCEPTED = "accepted"
    REOPENED = "reopened"
    # Why not
    UNKNOWN_CODE = "unknown_code"
    INACTIVE = "inactive"
    NOT_YET_VALID = "not_yet_valid"
    ENDED = "ended"
    HISTORY = "history"
    ALREADY_REFERRED = "already_referred"
    OWN_CODE = "own_code"
    CIRCULAR = "circular"
    EXISTING_BUYER = "existing_buyer"
    REFERRER_BLOCKED = "referrer_blocked"
    TOO_LATE = "too_late"
    REVIEWED = "reviewed"
    CAP_EVER = "cap_ever"
    CAP_MONTH = "cap_month"
    CAP_YEAR = "cap_year"
    BUDGET_SPENT = "budget_spent"
    OUT_OF_STOCK = "out_of_stock"


class Suspicion(StrEnum):
    """Why two people may be one: each is a reason to look before anything is given."""

    EMAIL = "same_email"
    PHONE = "same_phone"
    CARD = "same_card"
    HOUSEHOLD = "same_household"
    DEVICE = "same_device"
    NAME_AND_POSTCODE = "same_name_and_postcode"
    NAME_AND_BIRTH_DATE = "same_name_and_birth_date"
    FRIEND_BLOCKED = "friend_blocked"


class When(StrEnum):
    """When the friend gets their own reward."""

    SIGN_UP = "sign_up"
    FIRST_PURCHASE = "first_purchase"


# Refused before anything began, and worth a row: somebody tried. The other reasons stand in the activity's decision.
ATTEMPTS = frozenset([Reason.OWN_CODE, Reason.CIRCULAR, Reason.EXISTING_BUYER, Reason.REFERRER_BLOCKED])
# Refused in a way that leaves the member free to come with another code.
NO_FRIEND = frozenset([*ATTEMPTS, Reason.REVIEWED])
# The friend was none: what they bought is no revenue of referrals.
WRITTEN_OFF = frozenset([Reason.EXISTING_BUYER, Reason.REVIEWED])


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was promised when the friend joined; kept with the referral, whatever the program says later.

    Rewards are ids of the catalogue. Amounts and costs are in minor units; a cost is what the report reckons with.
    """

    referrer_points: int = 0
    referrer_reward: int | None = None
    referrer_cost: int = 0
    friend_points: int = 0
    friend_reward: int | None = None
    friend_cost: int = 0
    friend_when: str = When.FIRST_PURCHASE
    minimum_purchase: int = 0
    return_days: int = 0
    buy_within_days: int | None = None

    @property
    def gives_friend(self) -> bool:
        return bool(self.friend_points or self.friend_reward)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What tells people apart. E-mails are normalised; those, phones and cards are all that the person ever had."""

    id: int
    is_active: bool = True
    is_blocked: bool = False
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    cards: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    household: int | None = None
    last_name: str = ""
    postcode: str = ""
    birth_date: date | None = None


def normalised_email(email: str) -> str:
    """The mail box behind an address: small letters, nothing after a plus, and at Gmail no dots."""
    name, at, domain = email.strip().lower().rpartition("@")
    if not at:
        return ""
    name = name.partition("+")[0]
    if domain in GMAIL:
        name, domain = name.replace(".", ""), GMAIL[0]
    return f"{name}@{domain}"


def suspicions(referrer: Person | None, friend: Person) -> list[str]:
    """Why the two may be one person, or one household that buys anyway; empty where nothing says so.

    An ambassador who is no member is a stranger to everybody.
    """
    found = [Suspicion.FRIEND_BLOCKED] if friend.is_blocked else []
    if referrer is None:
        return [str(each) for each in found]
    surname = folded(friend.last_name)
    named_alike = bool(surname) and surname == folded(referrer.last_name)
    signs = {
        Suspicion.EMAIL: bool(referrer.emails & friend.emails),
        Suspicion.PHONE: bool(referrer.phones & friend.phones),
        Suspicion.CARD: bool(referrer.cards & friend.cards),
        Suspicion.HOUSEHOLD: friend.household is not None and friend.household == referrer.household,
        Suspicion.DEVICE: bool(referrer.devices & friend.devices),
        Suspicion.NAME_AND_POSTCODE: named_alike
        and bool(_place(friend.postcode))
        and _place(friend.postcode) == _place(referrer.postcode),
        Suspicion.NAME_AND_BIRTH_DATE: named_alike
        and friend.birth_date is not None
        and friend.birth_date == referrer.birth_date,
    }
    return [str(each) for each in (*found, *(sign for sign, holds in signs.items() if holds))]


def _place(postcode: str) -> str:
    return "".join(postcode.split()).upper()


def makes_circle(referrer_of: Mapping[int, int], *, referrer: int, friend: int) -> bool:
    """Whether the friend stands somewhere above the referrer: A brought B, so B (or whom B brought) brings no A."""
    seen = set()
    above: int | None = referrer
    while above is not None and above not in seen:
        if above == friend:
            return True
        seen.add(above)
        above = referrer_of.get(above)
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a code stands for when it is shown: whether it holds, and for how long."""

    is_active: bool = True
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def code_fault(offer: Offer | None, at: datetime) -> Reason | None:
    """Why a code says nothing at this moment."""
    if offer is None:
        return Reason.UNKNOWN_CODE
    if not offer.is_active:
        return Reason.INACTIVE
    if offer.valid_from and at < offer.valid_from:
        return Reason.NOT_YET_VALID
    if offer.valid_to and at >= offer.valid_to:
        return Reason.ENDED
    return None


def joining_fault(
    *,
    referrer: Person | None,
    friend_id: int,
    at: datetime,
    first_purchase_at: datetime | None,
    is_referred: bool,
    referrer_of: Mapping[int, int],
) -> Reason | None:
    """Why this member is nobody's friend, or not this one's. An ambassador who is no member has no `referrer`."""
    if referrer is not None and referrer.id == friend_id:
        return Reason.OWN_CODE
    if is_referred:
        return Reason.ALREADY_REFERRED
    if first_purchase_at is not None and first_purchase_at < at:
        return Reason.EXISTING_BUYER
    if referrer is None:
        return None
    if not referrer.is_active:
        return Reason.REFERRER_BLOCKED
    if makes_circle(referrer_of, referrer=referrer.id, friend=friend_id):
        return Reason.CIRCULAR
    return None


class Bought(NamedTuple):
    """A purchase of a friend, less what was refunded of it so far."""

    activity_id: int
    occurred_at: datetime
    net: int


class Amount(NamedTuple):
    """One amount of a friend's: of a purchase, or (negative) of a refund of it."""

    purchase_id: int
    activity_id: int
    occurred_at: datetime
    amount: int

    @property
    def is_purchase(self) -> bool:
        return self.activity_id == self.purchase_id


def bought(amounts: Iterable[Amount]) -> list[Bought]:
    """The purchases with what is left of each, in the order in which they happened."""
    net: dict[int, int] = {}
    purchases: dict[int, Amount] = {}
    for each in amounts:
        net[each.purchase_id] = net.get(each.purchase_id, 0) + each.amount
        if each.is_purchase:
            purchases[each.purchase_id] = each
    found = [Bought(number, each.occurred_at, net[number]) for number, each in purchases.items()]
    return sorted(found, key=lambda each: (each.occurred_at, each.activity_id))


def first_kept(purchases: Sequence[Bought], *, minimum: int, buy_by: datetime | None) -> Bought | None:
    """The first purchase that was not given back (nor below the minimum) and came in time."""
    for purchase in purchases:
        in_time = buy_by is None or purchase.occurred_at < buy_by
        if in_time and purchase.net > 0 and purchase.net >= minimum:
            return purchase
    return None


def due_at(purchased_at: datetime, return_days: int, tz: tzinfo) -> datetime:
    """When nothing can be returned any more: bought on the 1st with 14 days, the start of the 15th."""
    day = local_date(purchased_at, tz) + timedelta(days=return_days)
    return max(purchased_at, start_of_day(day, tz))


def buy_by(joined_at: datetime, days: int | None, tz: tzinfo) -> datetime | None:
    """The first moment that is too late to buy; the day of joining is not counted."""
    if days is None:
        return None
    return start_of_day(local_date(joined_at, tz) + timedelta(days=days + 1), tz)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How many friends may be rewarded: of one referrer ever, in a month, in a year; of all referrers together."""

    ever: int | None = None
    month: int | None = None
    year: int | None = None
    budget: int | None = None

    @property
    def are_set(self) -> bool:
        return any(cap is not None for cap in (self.ever, self.month, self.year, self.budget))


@dataclass(slots=True)
class Counts:
    """How many friends were rewarded so far; by referrer, and in all."""

    ever: dict[int, int] = field(default_factory=dict)
    month: dict[int, int] = field(default_factory=dict)
    year: dict[int, int] = field(default_factory=dict)
    budget: int = 0

    def add(self, referrer: int) -> None:
        for counted in (self.ever, self.month, self.year):
            counted[referrer] = counted.get(referrer, 0) + 1
        self.budget += 1


def cap_fault(caps: Caps, counts: Counts, referrer: int) -> Reason | None:
    """Which cap leaves no room for one more friend of this referrer."""
    reached = {
        Reason.CAP_EVER: (caps.ever, counts.ever.get(referrer, 0)),
        Reason.CAP_YEAR: (caps.year, counts.year.get(referrer, 0)),
        Reason.CAP_MONTH: (caps.month, counts.month.get(referrer, 0)),
        Reason.BUDGET_SPENT: (caps.budget, counts.budget),
    }
    return next((reason for reason, (cap, so_far) in reached.items() if cap is not None and so_far >= cap), None)
