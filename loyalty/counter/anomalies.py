"""What a manager should look at: much given by hand, refunds after a redemption, the same member again and again.

Each finding is a question, not a reproach: a busy day looks the same. The numbers from which one is listed stand here.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from loyalty.counter.models import CounterAction
from loyalty.programs.models import Store
from members.models import Member

Journey = CounterAction.Journey
MANY_BY_HAND = 10  # gifts by hand of one clerk on one day
OFTEN = 4  # purchases and stamps of one member on one day
SOON_AFTER = timedelta(hours=24)
MOST = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """So many `times` on a `day`, by a clerk or for a member; `total` is what was given by hand."""

    day: date
    times: int
    who: object
    total: int = 0


def many_by_hand(*, store: Store, since: date) -> list[Finding]:
    gifts = CounterAction.objects.standing().filter(store=store, day__gte=since, by_hand__gt=0)
    rows = gifts.order_by("-day").values("day", "clerk").annotate(times=Count("pk"), total=Sum("by_hand"))
    found = list(rows.filter(times__gte=MANY_BY_HAND)[:MOST])
    clerks = get_user_model().objects.in_bulk([row["clerk"] for row in found])
    return [Finding(row["day"], row["times"], clerks[row["clerk"]], row["total"]) for row in found]


def often_served(*, store: Store, since: date) -> list[Finding]:
    credits = CounterAction.objects.standing().filter(store=store, day__gte=since, member__isnull=False)
    credits = credits.filter(journey__in=[Journey.SELL, Journey.STAMP, Journey.GIVE])
    rows = credits.order_by("-day").values("day", "member").annotate(times=Count("pk"))
    found = list(rows.filter(times__gte=OFTEN)[:MOST])
    members = Member.objects.in_bulk([row["member"] for row in found])
    return [Finding(row["day"], row["times"], members[row["member"]]) for row in found]


def refunded_after_redeeming(*, store: Store, since: date) -> QuerySet[CounterAction]:
    """Sales that were taken back soon after their member had spent points."""
    spent = CounterAction.objects.standing().filter(
        member=OuterRef("member"),
        journey__in=[Journey.REDEEM, Journey.VOUCHER],
        at__lte=OuterRef("at"),
        at__gt=OuterRef("at") - SOON_AFTER,
    )
    taken_back = Q(journey=Journey.REFUND) | Q(journey=Journey.SELL, undone_at__isnull=False)
    actions = CounterAction.objects.filter(taken_back, Exists(spent), store=store, day__gte=since)
    return actions.select_related("member", "clerk", "program").order_by("-at")[:MOST]
