"""What analytics writes: snapshots, and each member's predicted value into the summary row of the enrolment.

A snapshot as of a day knows what happened before 00:00 of that day in the program's zone. Taking it again adds nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from analytics import facts, queries
from analytics.models import MemberValue, RetentionSnapshot, ValueSnapshot
from loyalty.lib import sql
from loyalty.lib.periods import ONE_DAY, Every, period_start
from loyalty.programs.models import Program
from members.models import Enrolment

HORIZON_WEEKS = 52
CENT = Decimal("0.01")


@transaction.atomic
def snapshot_retention(*, program: Program, as_of: date, at: datetime) -> int:
    """Record the months, quarters and years that closed by `as_of` and are not recorded yet. Returns how many."""
    bought = facts.first_and_last_purchase(program, as_of)
    if bought is None:
        return 0
    fresh = [row for every in Every for row in _unrecorded(program, every, bought[0], as_of, at)]
    RetentionSnapshot.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _unrecorded(program: Program, every: Every, first: date, as_of: date, at: datetime) -> list[RetentionSnapshot]:
    recorded = RetentionSnapshot.objects.filter(program=program, every=every).order_by("-end_date").first()
    start, end = recorded.end_date if recorded else period_start(first, every), period_start(as_of, every)
    if start >= end:
        return []
    return [
        RetentionSnapshot(
            program=program,
            every=every,
            start_date=period.start,
            end_date=period.end,
            at_start=period.counts.at_start,
            at_end=period.counts.at_end,
            new=period.counts.new,
            returned=period.counts.returned,
            created_at=at,
        )
        for period in queries.retention(program, start, end, every)
    ]


@dataclass(frozen=True, slots=True)
class Valuation:
    """A snapshot and what it says of each member: (id, spent so far, purchases, probability alive, value), by id."""

    snapshot: ValueSnapshot
    members: list[tuple[int, int, float, float, Decimal]]

    @property
    def member_range(self) -> tuple[int | None, int | None]:
        return (self.members[0][0], self.members[-1][0]) if self.members else (None, None)


@transaction.atomic
def value_members(*, program: Program, as_of: date, at: datetime, horizon_weeks: int = HORIZON_WEEKS) -> Valuation:
    """Fit the value models and open the snapshot. What it says of each member is for `record_values` to write.

    Without a forecast, because the models refused, it has a reason and no members.
    """
    histories = facts.purchase_histories(program, as_of)
    refunded = facts.refunded_amounts(program, as_of)
    spent = [int(row[5]) - refunded.get(row[0], 0) for row in histories]
    found = queries.forecast(program, histories, as_of - ONE_DAY, horizon_weeks)
    members = [
        (row[0], historic, expected, alive, Decimal(value).quantize(CENT))
        for row, historic, (expected, alive, value) in zip(histories, spent, found.members, strict=False)
    ]
    snapshot, _created = ValueSnapshot.objects.get_or_create(
        program=program,
        as_of_date=as_of,
        defaults={
            "horizon_weeks": horizon_weeks,
            "members": len(histories),
            "parameters": found.parameters,
            "historic_value": sum(spent),
            "predicted_value": None if found.refused else sum((row[4] for row in members), Decimal(0)),
            "refusal": found.refused.stored() if found.refused else None,
            "created_at": at,
        },
    )
    return Valuation(snapshot, members)


@transaction.atomic
def record_values(*, valuation: Valuation, first_member: int, last_member: int) -> int:
    """Write the values of a range of members, both ends included, and push them to their enrolments. Returns how many.

    Enrolments keep the value of the latest snapshot, also when an earlier one is caught up on afterwards.
    """
    snapshot = valuation.snapshot
    done = set(
        MemberValue.objects.filter(snapshot=snapshot, member__gte=first_member, member__lte=last_member).values_list(
            "member_id", flat=True
        )
    )
    fresh = [row for row in valuation.members if first_member <= row[0] <= last_member and row[0] not in done]
    columns = ("snapshot_id", "member_id", "historic", "expected_purchases", "probability_alive", "predicted")
    steps: list[sql.Step] = [sql.Insert(MemberValue, columns, [(snapshot.pk, *row) for row in fresh])]
    later = ValueSnapshot.objects.filter(program=snapshot.program, as_of_date__gt=snapshot.as_of_date)
    if not later.filter(refusal__isnull=True).exists():
        at = sql.moment(snapshot.created_at)
        values = [(row[0], snapshot.program_id, row[4], at) for row in fresh]
        steps.append(sql.Update(Enrolment, ("member_id", "program_id"), ("predicted_value", "predicted_at"), values))
    sql.write(steps)
    return len(fresh)
