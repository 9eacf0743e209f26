"""Dated snapshots: what was known on a day stays on record, and each member's value stands at the enrolment."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from analytics import jobs, operations, queries
from analytics.models import MemberValue, RetentionSnapshot, ValueSnapshot
from loyalty.jobs import operations as jobs_operations
from loyalty.jobs import registry
from loyalty.jobs.models import Job
from loyalty.lib.periods import Every
from members.models import Enrolment
from tests.analytics.purchase_logs import bought, buyers, shoppers

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def value(program, as_of, at=NOW):
    valuation = operations.value_members(program=program, as_of=as_of, at=at)
    first, last = valuation.member_range
    if first is not None:
        operations.record_values(valuation=valuation, first_member=first, last_member=last)
    return valuation.snapshot


def run(name, program, day):
    job = jobs_operations.ensure(name=name, scope=program.code, period=day.isoformat(), by=None, at=NOW)
    return jobs_operations.run(job, at=NOW)


def test_closed_periods_are_recorded_once(program):
    [member] = buyers(program, 1)
    bought(program, member, "2024-01-05", "2024-02-05")
    take = {"program": program, "as_of": date(2024, 4, 1), "at": NOW}
    assert operations.snapshot_retention(**take) == 4
    assert operations.snapshot_retention(**take) == 0
    months = RetentionSnapshot.objects.filter(every="month").order_by("start_date")
    assert [(str(m.start_date), m.at_start, m.at_end, m.new, m.returned) for m in months] == [
        ("2024-01-01", 0, 1, 1, 0),
        ("2024-02-01", 1, 1, 0, 1),
        ("2024-03-01", 1, 0, 0, 0),
    ]


def test_a_period_that_is_not_over_is_not_recorded(program):
    [member] = buyers(program, 1)
    bought(program, member, "2024-01-05")
    assert operations.snapshot_retention(program=program, as_of=date(2024, 1, 31), at=NOW) == 0


def test_missed_nights_are_caught_up(program):
    [member] = buyers(program, 1)
    bought(program, member, "2023-01-05", "2024-02-05")
    operations.snapshot_retention(program=program, as_of=date(2023, 3, 1), at=NOW)
    operations.snapshot_retention(program=program, as_of=date(2024, 3, 1), at=NOW)
    counted = {every: RetentionSnapshot.objects.filter(every=every).count() for every in Every}
    assert counted == {"month": 14, "quarter": 4, "year": 1}


def test_the_dashboards_periods_are_the_same_with_and_without_snapshots(program):
    a, b = buyers(program, 2)
    bought(program, a, "2024-01-05", "2024-02-05")
    bought(program, b, "2024-02-05")
    ask = (program, Every.MONTH, date(2024, 4, 15), 2)
    live = queries.closed_periods(*ask)
    operations.snapshot_retention(program=program, as_of=date(2024, 4, 1), at=NOW)
    assert queries.closed_periods(*ask) == live
    assert [str(period.start) for period in live] == ["2024-02-01", "2024-03-01"]


def test_a_program_where_nobody_bought_has_no_periods(program):
    assert operations.snapshot_retention(program=program, as_of=date(2024, 4, 1), at=NOW) == 0
    assert queries.closed_periods(program, Every.MONTH, date(2024, 4, 1)) == []


def test_each_member_has_a_value_and_the_enrolment_shows_it(program):
    as_of = shoppers(program)
    snapshot = value(program, as_of)
    values = MemberValue.objects.filter(snapshot=snapshot)
    assert values.count() == snapshot.members == 200
    assert snapshot.predicted_value == sum(each.predicted for each in values)
    assert snapshot.historic_value == sum(each.historic for each in values)
    assert not snapshot.refused
    best = queries.most_valuable(snapshot).first()
    enrolment = Enrolment.objects.get(program=program, member=best.member)
    assert (enrolment.predicted_value, enrolment.predicted_at) == (best.predicted, NOW)
    assert best.predicted == max(each.predicted for each in values)


def test_a_snapshot_does_not_see_its_own_day(program):
    as_of = shoppers(program)
    before = value(program, as_of - timedelta(days=30))
    [member] = buyers(program, 1)
    bought(program, member, f"{as_of}T10:00")
    assert value(program, as_of).members == 200
    assert before.historic_value < ValueSnapshot.objects.get(as_of_date=as_of).historic_value


def test_historic_value_is_net_of_refunds(program):
    as_of = shoppers(program)
    member = Enrolment.objects.filter(program=program).first().member
    whole = value(program, as_of - timedelta(days=1)).values.get(member=member).historic
    bought(program, member, "2024-06-01", amount=250, kind="refund")
    assert value(program, as_of).values.get(member=member).historic == whole - 250


def test_taking_a_snapshot_again_adds_nothing(program):
    as_of = shoppers(program)
    first = value(program, as_of)
    assert value(program, as_of, at=NOW + timedelta(days=1)) == first
    assert MemberValue.objects.count() == 200
    assert Enrolment.objects.filter(program=program).first().predicted_at == NOW


def test_an_earlier_day_caught_up_later_leaves_the_enrolment_alone(program):
    as_of = shoppers(program)
    value(program, as_of)
    known = dict(Enrolment.objects.values_list("member_id", "predicted_value"))
    value(program, as_of - timedelta(days=60), at=NOW + timedelta(days=1))
    assert dict(Enrolment.objects.values_list("member_id", "predicted_value")) == known


def test_a_refusal_is_recorded_and_read_in_the_readers_language(program):
    for member in buyers(program, 3):
        bought(program, member, "2024-01-05")
    snapshot = value(program, date(2024, 3, 1))
    assert (snapshot.predicted_value, snapshot.historic_value, snapshot.members) == (None, 3000, 3)
    assert MemberValue.objects.count() == 0
    with translation.override("en"):
        assert snapshot.refused == "No member bought on a second day: nothing says how often members come back."


def test_the_database_refuses_a_forecast_with_a_refusal(program):
    refusal = {"reason": "nobody_came_back"}
    row = {"program": program, "as_of_date": date(2024, 1, 1), "horizon_weeks": 52, "created_at": NOW}
    with pytest.raises(ValidationError):
        ValueSnapshot(**row, predicted_value=1, refusal=refusal).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        ValueSnapshot.objects.create(**row, predicted_value=1, refusal=refusal)


def test_the_nights_jobs_take_both_snapshots(program):
    as_of = shoppers(program).replace(day=1)
    assert run("snapshot_retention", program, as_of).state == Job.State.SUCCEEDED
    job = run("snapshot_value", program, as_of)
    assert (job.state, job.report["members"]) == (Job.State.SUCCEEDED, MemberValue.objects.count())
    assert RetentionSnapshot.objects.filter(program=program).exists()


def test_snapshots_are_due_on_the_first_of_a_month_and_not_before_the_first_purchase(program):
    kind = registry.find("snapshot_value")
    assert (kind.is_due(date(2024, 2, 1)), kind.is_due(date(2024, 2, 2))) == (True, False)
    assert not kind.has_work(program, date(2024, 2, 1))
    [member] = buyers(program, 1)
    bought(program, member, "2024-02-01T10:00")
    assert not kind.has_work(program, date(2024, 2, 1))
    assert kind.has_work(program, date(2024, 3, 1))


def test_a_job_that_was_stopped_between_two_chunks_goes_on(program, monkeypatch):
    as_of = shoppers(program).replace(day=1)
    monkeypatch.setattr(jobs, "CHUNK", 50)
    record, calls = operations.record_values, []

    def fail_at_the_third(**terms):
        calls.append(terms["first_member"])
        if len(calls) == 3:
            raise RuntimeError("the machine stopped")
        return record(**terms)

    monkeypatch.setattr(operations, "record_values", fail_at_the_third)
    assert run("snapshot_value", program, as_of).state == Job.State.FAILED
    recorded = MemberValue.objects.count()
    assert 0 < recorded < ValueSnapshot.objects.get().members
    job = jobs_operations.run(Job.objects.get(name="snapshot_value"), at=NOW, retry=True)
    assert job.state == Job.State.SUCCEEDED
    assert MemberValue.objects.count() == ValueSnapshot.objects.get().members == job.report["members"]
    assert calls[3] == calls[2]
