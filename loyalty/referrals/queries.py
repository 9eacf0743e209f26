"""What other rooms may ask about referrals. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from loyalty.programs.models import Program
from loyalty.referrals import rules
from loyalty.referrals.models import Ambassador, Referral, ReferralCode, ReferralGift, ReferralProgram, ReferralRevenue
from loyalty.referrals.models.referral import DEAD
from loyalty.referrals.people import codes_of
from members.models import Member

State, Kind = Referral.State, ReferralRevenue.Kind


def referral_program(program: Program) -> ReferralProgram | None:
    """What the program promises for new buyers, if anything."""
    return ReferralProgram.objects.filter(program=program).first()


def code_of(member: Member, *, program: Program) -> ReferralCode | None:
    """The member's code, if it was asked for before; `operations.make_code` makes one."""
    return codes_of(program, member.pk).first()


def link(code: ReferralCode) -> str:
    """The address that a referrer passes on."""
    return f"{settings.SITE_URL}/r/{code.code}"


def referrals_of(program: Program, member: Member) -> QuerySet[Referral]:
    """The friends whom the member brought, newest first; attempts that were refused at once are not among them."""
    mine = Referral.objects.filter(program=program, referrer=member).exclude(
        state=State.REFUSED, reason__in=rules.ATTEMPTS
    )
    return mine.select_related("friend", "code").order_by("-joined_at", "-id")


def referral_of(program: Program, member: Member) -> Referral | None:
    """How the member came: through whom, and how that stands."""
    came = Referral.objects.filter(program=program, friend=member).exclude(state=State.REFUSED, reason__in=DEAD)
    return came.select_related("referrer", "ambassador", "friend").first()


@dataclass(frozen=True, slots=True)
class Earned:
    """What a member's friends came to. Points and vouchers are those that were given and not taken back."""

    friends: int
    rewarded: int
    points: int
    vouchers: int


def earned_by(program: Program, member: Member) -> Earned:
    friends = referrals_of(program, member).exclude(state=State.REFUSED)
    gifts = ReferralGift.objects.filter(referral__program=program, member=member, side=ReferralGift.Side.REFERRER)
    sums = gifts.exclude(state=ReferralGift.State.TAKEN_BACK).aggregate(
        points=Sum("points", default=0), vouchers=Count("voucher")
    )
    return Earned(friends.count(), friends.filter(state=State.REWARDED).count(), sums["points"], sums["vouchers"])


@dataclass(frozen=True, slots=True)
class Stats:
    """How many referrals stand where."""

    joined: int
    qualified: int
    rewarded: int
    held: int
    refused: int
    undone: int


def stats(program: Program) -> Stats:
    rows = Referral.objects.filter(program=program).order_by().values_list("state").annotate(Count("id"))
    counts = dict(rows)
    return Stats(**{str(state): counts.get(str(state), 0) for state in State})


@dataclass(frozen=True, slots=True)
class Revenue:
    """Amounts in minor units. `refunds` and `cost` are negative or zero; `net` is what is left."""

    purchases: int = 0
    refunds: int = 0
    cost: int = 0
    written_off: int = 0
    buyers: int = 0

    @property
    def net(self) -> int:
        return self.purchases + self.refunds + self.cost + self.written_off


SUMS = {
    "purchases": Sum("amount", filter=Q(kind=Kind.PURCHASE), default=0),
    "refunds": Sum("amount", filter=Q(kind=Kind.REFUND), default=0),
    "cost": Sum("amount", filter=Q(kind__in=[Kind.GIFT, Kind.GIFT_UNDONE]), default=0),
    "written_off": Sum("amount", filter=Q(kind=Kind.WRITTEN_OFF), default=0),
    "buyers": Count("member", filter=Q(kind=Kind.PURCHASE), distinct=True),
}


def amounts(program: Program, first_month: date | None = None, end_month: date | None = None) -> QuerySet:
    """Every amount of the report, of the months in `[first_month, end_month)`."""
    found = ReferralRevenue.objects.filter(program=program)
    if first_month:
        found = found.filter(month__gte=first_month)
    return found.filter(month__lt=end_month) if end_month else found


def revenue(program: Program, **months: date | None) -> Revenue:
    """Net revenue from referrals: what friends bought, less refunds, less what the gifts cost."""
    return Revenue(**amounts(program, **months).aggregate(**SUMS))


def revenue_by_month(program: Program, **months: date | None) -> list[tuple[date, Revenue]]:
    rows = amounts(program, **months).order_by("month").values("month").annotate(**SUMS)
    return [(row.pop("month"), Revenue(**row)) for row in rows]


@dataclass(frozen=True, slots=True)
class Source:
    """A referrer or an ambassador with what their friends brought."""

    referrer: Member | None
    ambassador: Ambassador | None
    revenue: Revenue

    def __str__(self) -> str:
        return str(self.ambassador or self.referrer)


def revenue_by_source(program: Program, *, limit: int = 50, **months: date | None) -> list[Source]:
    """The referrers and ambassadors, most net revenue first."""
    rows = (
        amounts(program, **months)
        .order_by()
        .values("referrer", "ambassador")
        .annotate(**SUMS, net_sum=Sum("amount"))
        .order_by("-net_sum", "ambassador", "referrer")[:limit]
    )
    return _sources(list(rows))


def revenue_by_ambassador(program: Program, **months: date | None) -> list[Source]:
    """Every ambassador of the program, those without an amount too, by name."""
    rows = amounts(program, **months).filter(ambassador__isnull=False).order_by().values("ambassador").annotate(**SUMS)
    found = {row.pop("ambassador"): Revenue(**row) for row in rows}
    return [
        Source(each.member, each, found.get(each.pk, Revenue()))
        for each in Ambassador.objects.filter(program=program).select_related("member").order_by("name")
    ]


def _sources(rows: Sequence[dict]) -> list[Source]:
    members = Member.objects.in_bulk([row["referrer"] for row in rows if row["referrer"]])
    ambassadors = Ambassador.objects.in_bulk([row["ambassador"] for row in rows if row["ambassador"]])
    return [
        Source(
            members.get(row.pop("referrer")),
            ambassadors.get(row.pop("ambassador")),
            Revenue(**{name: row[name] for name in SUMS}),
        )
        for row in rows
    ]


def _due(program: Program, at: datetime) -> QuerySet[Referral]:
    return Referral.objects.filter(program=program).filter(
        Q(state=State.QUALIFIED, due_at__lte=at) | Q(state=State.JOINED, buy_by__lte=at)
    )


def has_due(*, program: Program, at: datetime) -> bool:
    return _due(program, at).exists()


def range_due(*, program: Program, at: datetime) -> tuple[int | None, int | None]:
    """The first and the last friend for whom something falls due; None where there is nobody."""
    ends = _due(program, at).aggregate(first=Min("friend"), last=Max("friend"))
    return ends["first"], ends["last"]
