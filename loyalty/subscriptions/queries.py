"""What other rooms may ask about paid membership. Nothing here writes."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

from django.db.models import Case, Max, Min, Q, QuerySet, When

from loyalty.programs.kinds import Standing
from loyalty.programs.models import Program
from loyalty.subscriptions.models import BenefitPeriod, Charge, ChargeRefund, Plan, Subscription
from loyalty.subscriptions.querysets import LIVE
from members.models import Member


class Subscribed(TypedDict):
    state: str
    paid_charges: int
    benefits: bool


def current(*, program: Program, member_id: int) -> Subscription | None:
    """The member's subscription: the live one, else the one that ended last."""
    mine = Subscription.objects.filter(program=program, member=member_id).select_related("plan", "program", "next_plan")
    return mine.order_by(Case(When(state__in=LIVE, then=0), default=1), "-subscribed_at", "-pk").first()


def subscription_of(*, program: Program, member_id: int, at: datetime) -> Subscribed | None:
    """How the member's subscription stands: its state, the charges paid for it by then (what was given back whole does
    not count), and whether the member has its benefits at that moment. None for who never subscribed."""
    subscription = current(program=program, member_id=member_id)
    if subscription is None or subscription.subscribed_at > at:
        return None
    return {
        "state": subscription.state,
        "paid_charges": Charge.objects.paid().filter(subscription=subscription, paid_at__lte=at).count(),
        "benefits": benefits_at(program=program, member_id=member_id, at=at) is not None,
    }


def benefits_at(*, program: Program, member_id: int, at: datetime) -> Plan | None:
    """The plan whose benefits the member had at that moment."""
    mine = BenefitPeriod.objects.filter(program=program, member=member_id, starts_at__lte=at)
    period = mine.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).select_related("plan").first()
    return period.plan if period else None


def plans_on_offer(*, program: Program, currency: str = "") -> QuerySet[Plan]:
    """What can be subscribed to, with its prices."""
    currency = currency or program.money_currency
    plans = Plan.objects.filter(program=program, is_active=True, prices__currency=currency)
    return plans.prefetch_related("prices").order_by("code")


def open_charges(*, program: Program, member_id: int) -> QuerySet[Charge]:
    """What the member still has to pay, oldest first."""
    mine = Charge.objects.open().filter(program=program, subscription__member=member_id)
    return mine.select_related("plan", "subscription", "program").order_by("period_start", "pk")


# For the night


def due(*, program: Program, day: date) -> QuerySet[Subscription]:
    return Subscription.objects.filter(program=program).due(day=day)


def due_range(*, program: Program, day: date) -> tuple[int | None, int | None]:
    """The first and the last of the subscriptions to which something happens by that day."""
    ends = due(program=program, day=day).aggregate(first=Min("pk"), last=Max("pk"))
    return ends["first"], ends["last"]


def has_work(*, program: Program, day: date) -> bool:
    waiting = ChargeRefund.objects.filter(program=program, state=ChargeRefund.State.ASKED)
    return due(program=program, day=day).exists() or waiting.exists()


# For the rules that grant points


@dataclass(frozen=True, slots=True)
class PlanStandings:
    """Whose plan it was, and what the plan's multiplier was, at a moment."""

    _periods: dict[int, list[tuple[datetime, datetime | None, int, str]]] = field(default_factory=dict)
    _factors: dict[int, tuple[list[datetime], list[Decimal]]] = field(default_factory=dict)

    def at(self, member_id: int, moment: datetime) -> Standing | None:
        for starts_at, ends_at, plan_id, code in self._periods.get(member_id, ()):
            if starts_at <= moment and (ends_at is None or moment < ends_at):
                return Standing(code, self._factor(plan_id, moment))
        return None

    def _factor(self, plan_id: int, moment: datetime) -> Decimal:
        moments, factors = self._factors[plan_id]
        return factors[max(bisect_right(moments, moment) - 1, 0)]


def standings(*, program: Program, member_ids: Collection[int]) -> PlanStandings:
    """The plans of these members at any moment, late activities and those of merged members included. Two statements
    however many there are."""
    periods: dict[int, list[tuple]] = defaultdict(list)
    persons = Member.objects.filter(Q(pk__in=member_ids) | Q(merged_into__in=member_ids))
    rows = BenefitPeriod.objects.filter(program=program, member__in=persons.values("pk")).order_by("starts_at")
    columns = ("member_id", "member__merged_into_id", "starts_at", "ends_at", "plan_id", "plan__code")
    for member_id, merged_into, *period in rows.values_list(*columns):
        periods[merged_into or member_id].append(tuple(period))
    if not periods:
        return PlanStandings()
    factors: dict[int, tuple[list[datetime], list[Decimal]]] = {}
    versions = Plan.history.filter(program=program).order_by("history_date", "history_id")
    for plan_id, moment, factor in versions.values_list("id", "history_date", "multiplier"):
        moments, known = factors.setdefault(plan_id, ([], []))
        moments.append(moment)
        known.append(factor)
    return PlanStandings(dict(periods), factors)
