"""What other rooms may ask of analytics: the reports, and the figures of a dashboard.

Money is in minor units unless a name says otherwise; rates are percentages, unrounded, None where there is no base.
Every question takes a constant number of statements.
"""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from analytics import facts
from analytics.models import MemberValue, RetentionSnapshot, ValueSnapshot
from analytics.retention import PeriodCounts, chain, percentage
from loyalty.earning.models import Kind
from loyalty.ledger.models import Entry
from loyalty.lib import money
from loyalty.lib.periods import ONE_DAY, Every, period_end, period_start, periods
from loyalty.programs.models import Program

if TYPE_CHECKING:
    from analytics.value import Forecast

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


class NotAPeriod(ValueError):
    """Dates that do not bound whole periods in order; the text says which, translated."""


@dataclass(frozen=True, slots=True)
class Period:
    start: date
    end: date  # not included
    counts: PeriodCounts


def retention(program: Program, start: date, end: date, every: Every) -> list[Period]:
    """Retention in each period of `[start, end)`. Active means at least one purchase, which no refund undoes.

    The period before the first is read too, and a newcomer is somebody whose first purchase ever is in the period.
    """
    wanted = list(periods(*_boundaries(start, end, every), every))
    opening = period_start(start - ONE_DAY, every)
    found = facts.active_members(program, [opening, *(first for first, __ in wanted)], end)
    counts = chain(found.get(number, (0, 0, 0)) for number in range(1, len(wanted) + 2))
    return [Period(first, last, each) for (first, last), each in zip(wanted, counts, strict=True)]


def _boundaries(start: date, end: date, every: Every) -> tuple[date, date]:
    for day in (start, end):
        if not EARLIEST <= day <= LATEST:
            raise NotAPeriod(_("%(day)s is out of reach of any purchase.") % {"day": day})
        if period_start(day, every) != day:
            text = _("%(day)s is not the first day of a period; the nearest ones are %(before)s and %(after)s.")
            raise NotAPeriod(text % {"day": day, "before": period_start(day, every), "after": period_end(day, every)})
    if start >= end:
        raise NotAPeriod(
            _("The first day, %(start)s, must be before the last, %(end)s.") % {"start": start, "end": end}
        )
    return start, end


def closed_periods(program: Program, every: Every, before: date, count: int = 12) -> list[Period]:
    """The last `count` periods that closed by `before`, oldest first, none from before the first purchase.

    From the snapshots where the nightly job has kept up, otherwise from the facts.
    """
    end = period_start(before, every)
    newest = RetentionSnapshot.objects.filter(program=program, every=every, end_date__lte=end).order_by("-start_date")
    snapshots = list(newest[:count])[::-1]
    if snapshots and snapshots[-1].end_date == end:
        return [Period(each.start_date, each.end_date, each.counts) for each in snapshots]
    bought = facts.first_and_last_purchase(program, end)
    if bought is None:
        return []
    start = period_start(bought[0], every)
    return retention(program, start, end, every)[-count:]


def forecast(program: Program, histories: list[tuple], last_day: date, horizon_weeks: int) -> "Forecast":
    """The value models fitted on `facts.purchase_histories` up to and with `last_day`; spend in major units."""
    from analytics import value  # scipy takes longer to load than most commands take to run

    unit = 10 ** money.exponent(program.money_currency)
    return value.forecast([(*row[:4], float(row[4]) / unit) for row in histories], last_day, horizon_weeks)


def customer_value(program: Program, last_day: date, horizon_weeks: int) -> dict[str, Any]:
    """The report of customer value: both fits, the purchases they expect, and those that then were."""
    found = forecast(program, facts.purchase_histories(program, last_day + ONE_DAY), last_day, horizon_weeks)
    expected = found.expected_purchases
    return found.parameters | {
        "members": len(found.seen),
        "repeat_members": int(found.seen.repeaters.sum()),
        "expected_purchases": None if expected is None else float(expected.sum()),
        "holdout_actual": bought_after(program, last_day, horizon_weeks),
        "refused": str(found.refused) if found.refused else None,
    }


def last_purchase_day(program: Program) -> date | None:
    bought = facts.first_and_last_purchase(program)
    return bought[1] if bought else None


def bought_after(program: Program, last_day: date, horizon_weeks: int) -> int | None:
    """Purchase days in the `horizon_weeks` after `last_day`, of members who bought by then. None while they last."""
    bought = facts.first_and_last_purchase(program)
    horizon = last_day + timedelta(weeks=horizon_weeks)
    if bought is None or bought[1] < horizon:
        return None
    return facts.later_purchase_days(program, last_day, horizon + ONE_DAY)


@dataclass(frozen=True, slots=True)
class Points:
    """Net of what was undone. Adjustments and transfers are in `outstanding` only, which is the sum of all entries."""

    earned: int = 0
    redeemed: int = 0
    expired: int = 0
    outstanding: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """A program in a few figures; money in major units. Every enrolled member counts, also who never bought."""

    members: int
    activities: int  # without sign-ups
    points: Points
    repeat_rate: float | None  # share of members with at least two purchase days
    average_order: Decimal | None  # purchases before refunds, those of a member on a day taken as one
    revenue_per_member: Decimal | None  # purchases less refunds

    def as_report(self) -> dict[str, Any]:
        """As the command and the API show it: money as decimal text, unrounded."""
        shown = asdict(self)
        for name in ("average_order", "revenue_per_member"):
            shown[name] = None if shown[name] is None else f"{shown[name]:f}"
        return shown


def summary(program: Program) -> Summary:
    members = facts.enrolled_members(program)
    activities = facts.activity_totals(program)
    days, repeaters, bought = facts.purchase_totals(program)
    net = bought - activities.get(Kind.REFUND, (0, 0))[1]
    return Summary(
        members=members,
        activities=sum(count for kind, (count, __) in activities.items() if kind != Kind.SIGN_UP),
        points=total_points(program),
        repeat_rate=percentage(repeaters, members),
        average_order=_share(bought, days, program),
        revenue_per_member=_share(net, members, program),
    )


def _share(minor: int, parts: int, program: Program) -> Decimal | None:
    return money.to_decimal(minor, program.money_currency) / parts if parts else None


def total_points(program: Program) -> Points:
    sums: dict[str, int] = defaultdict(int)
    for __, effect, points in facts.points_by_month(program):
        sums[effect] += points
    return _points(sums, sum(sums.values()))


def _points(sums: dict[str, int], outstanding: int) -> Points:
    return Points(
        earned=sums[Entry.Kind.EARN],
        redeemed=-sums[Entry.Kind.REDEEM],
        expired=-sums[Entry.Kind.EXPIRE],
        outstanding=outstanding,
    )


def points_by_month(program: Program, before: date, count: int = 12) -> list[tuple[date, Points]]:
    """The last `count` months up to the day before `before`: what moved, and what was outstanding at the end."""
    sums: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for month, effect, points in facts.points_by_month(program, before):
        sums[date.fromisoformat(month)][effect] += points
    outstanding, found = 0, []
    if sums:
        end = period_end(before - ONE_DAY, Every.MONTH)
        for first, __ in periods(min(sums), end, Every.MONTH):
            outstanding += sum(sums[first].values())
            found.append((first, _points(sums[first], outstanding)))
    return found[-count:]


def latest_value(program: Program) -> ValueSnapshot | None:
    return ValueSnapshot.objects.filter(program=program).order_by("-as_of_date").first()


def most_valuable(snapshot: ValueSnapshot) -> QuerySet[MemberValue]:
    """The members of a snapshot, the highest predicted value first."""
    return snapshot.values.select_related("member").order_by("-predicted", "member_id")


def as_report(periods_found: list[Period]) -> list[dict[str, Any]]:
    """The periods as the command and the API show them."""
    return [
        {
            "start": each.start.isoformat(),
            "end": each.end.isoformat(),
            "at_start": each.counts.at_start,
            "at_end": each.counts.at_end,
            "new": each.counts.new,
            "retention_rate": each.counts.retention_rate,
            "returned": each.counts.returned,
            "return_rate": each.counts.return_rate,
        }
        for each in periods_found
    ]
