"""What other apps may ask the ledger. Nothing here writes."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, FilteredRelation, Q, QuerySet, Sum

from loyalty.ledger.book import POINTS, Cause
from loyalty.ledger.models import Account, Allocation, Entry, Lot
from loyalty.lib.prepared import Prepared, moment, number, text


@dataclass(frozen=True, slots=True)
class Balance:
    """`available` can be spent at the moment asked for; it is negative by the debt where points are owed."""

    available: int
    pending: int
    debt: int


def balance(*, program, member_id: int, at: datetime, currency: str = POINTS) -> Balance:
    """By the dates of the lots, so that a job that has not run yet makes no difference."""
    return pooled_balance(program=program, member_ids=[member_id], at=at, currency=currency)


def pooled_balance(*, program, member_ids: Iterable[int], at: datetime, currency: str = POINTS) -> Balance:
    """What these members have together, as a household that pools has it: the debt of one counts against all."""
    accounts = Account.objects.filter(program=program, member_id__in=list(member_ids), currency=currency)
    debts = dict(accounts.values_list("id", "debt"))
    if not debts:
        return Balance(0, 0, 0)
    alive = Lot.objects.filter(account__in=debts, remaining__gt=0).filter(Q(expires_at=None) | Q(expires_at__gt=at))
    sums = alive.aggregate(
        usable=Sum("remaining", filter=Q(active_at__lte=at), default=0),
        ahead=Sum("remaining", filter=Q(active_at__gt=at), default=0),
    )
    debt = sum(debts.values())
    return Balance(sums["usable"] - debt, sums["ahead"], debt)


@dataclass(frozen=True, slots=True)
class Holding:
    """What a member has of one currency; `expiring` says what lapses when, soonest first."""

    currency: str
    balance: Balance
    expiring: list[tuple[datetime, int]]


def holdings(*, program, member_id: int, at: datetime) -> list[Holding]:
    """Every currency of the member, points always: the same as `balance`, with one statement for all of them."""
    debts = {POINTS: 0}
    usable, ahead = Counter[str](), Counter[str]()
    lapsing: dict[str, Counter[datetime]] = defaultdict(Counter)
    rows = _accounts_with_lots(program=program.pk, member=member_id, at=at)
    for currency, debt, active_at, expires_at, remaining in rows:
        debts[currency] = debt
        if remaining is None:
            continue
        (usable if active_at <= at else ahead)[currency] += remaining
        if expires_at is not None:
            lapsing[currency][expires_at] += remaining
    return [
        Holding(currency, Balance(usable[currency] - debt, ahead[currency], debt), sorted(lapsing[currency].items()))
        for currency, debt in sorted(debts.items(), key=lambda each: each[0] != POINTS)
    ]


@Prepared
def _accounts_with_lots():
    alive = Q(lots__remaining__gt=0) & (Q(lots__expires_at=None) | Q(lots__expires_at__gt=moment("at")))
    mine = Account.objects.filter(program=number("program"), member=number("member"))
    with_lots = mine.annotate(alive=FilteredRelation("lots", condition=alive))
    return with_lots.values_list("currency", "debt", "alive__active_at", "alive__expires_at", "alive__remaining")


def expiring(*, program, after: datetime, before: datetime, currency: str = POINTS) -> QuerySet:
    """Members whose points lapse in (after, before], with the sum and the first moment, as dictionaries."""
    return (
        Lot.objects.filter(account__program=program, account__currency=currency, remaining__gt=0, is_pending=False)
        .filter(expires_at__gt=after, expires_at__lte=before)
        .values("member_id", "account__currency", "expires_at")
        .annotate(points=Sum("remaining"))
        .order_by("member_id", "expires_at")
    )


def entries_of(*, program, causes: Iterable[Cause]) -> QuerySet[Entry]:
    """What these causes of one source did."""
    causes = list(causes)
    return Entry.objects.filter(
        key__program=program,
        key__source__in={cause.source for cause in causes},
        key__external_id__in=[cause.external_id for cause in causes],
    ).order_by("id")


def as_it_stands(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Without what a late night undid and had done anew under the same cause: the two together moved nothing."""
    return entries.exclude(reverses__key=F("key")).exclude(reversed_by__key=F("key"))


def opened_by(*, program, cause: Cause) -> list[tuple[str, datetime, int]]:
    """What a cause gave: the points by currency and by the moment from which they can be used."""
    return _opened(program=program.pk, source=cause.source, external_id=cause.external_id)


@Prepared
def _opened():
    key = {"program": number("program"), "source": text("source"), "external_id": text("external_id")}
    lots = Lot.objects.filter(**{f"entry__key__{name}": value for name, value in key.items()})
    sums = lots.values_list("account__currency", "active_at").annotate(Sum("points"))
    return sums.order_by("account__currency", "active_at")


def expired_of(entries: Iterable[int]) -> dict[int, int]:
    """How many of the points that each of these entries gave were taken at their end; those of which none was lack."""
    taken = Allocation.objects.filter(
        lot__entry__in=entries, entry__kind=Entry.Kind.EXPIRE, entry__reversed_by__isnull=True
    )
    return dict(taken.values_list("lot__entry").annotate(Sum("points")))


def outstanding(*, program, currency: str = POINTS) -> int:
    """Points that members hold and may still spend, pending ones included, debts not set off against them."""
    held = Lot.objects.filter(account__program=program, account__currency=currency, remaining__gt=0)
    return held.aggregate(Sum("remaining", default=0))["remaining__sum"]


def held(*, program, currency: str) -> int | None:
    """The sum of all members' entries, debts included; None where nobody has an account of this currency."""
    mine = Account.objects.filter(program=program, currency=currency)
    return mine.aggregate(held=Sum(F("available") + F("pending")))["held"]
