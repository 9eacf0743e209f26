"""The night's job for promised rewards: only where something is owed, resumed where it was killed, doubled for free."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError

from loyalty.jobs import operations as jobs
from loyalty.jobs import registry
from loyalty.jobs.models import Job
from rewards import jobs as rewards_jobs
from rewards import operations
from rewards.models import Voucher
from rewards.operations import Grant, granting
from rewards.querysets import EntitlementQuerySet
from tests.factories.members import EnrolmentFactory
from tests.factories.rewards import SPRING, RewardFactory
from tests.racing import AllHaveRead, at_once

NIGHT = datetime(2025, 5, 1, 1, tzinfo=UTC)
FIRST_OF_MAY = date(2025, 5, 1)
MIDNIGHT = datetime(2025, 5, 1, tzinfo=ZoneInfo("Europe/Paris"))


def promise(program, how_many, **options):
    reward = RewardFactory(program=program, points_price=None)
    members = [enrolment.member_id for enrolment in EnrolmentFactory.create_batch(how_many, program=program)]
    grants = [Grant(member_id, f"gold:{member_id}") for member_id in members]
    operations.entitle_many(
        program=program, reward=reward, grants=grants, every="month", source="tier", at=SPRING, **options
    )
    return members


@pytest.fixture
def members(program):
    return promise(program, 5)


def run(program, day=FIRST_OF_MAY, retry=False):
    job = jobs.ensure(name="entitlements", scope=program.code, period=day.isoformat(), by=None, at=NIGHT)
    return jobs.run(job, at=NIGHT, retry=retry)


@pytest.mark.django_db
def test_the_job_issues_and_reports(program, members):
    job = run(program)
    assert (job.state, job.report) == (Job.State.SUCCEEDED, {"vouchers": 5, "out_of_stock": 0})
    assert set(Voucher.objects.values_list("issued_at", flat=True)) == {MIDNIGHT}


@pytest.mark.django_db
def test_a_run_that_broke_off_is_resumed(program, members, monkeypatch):
    monkeypatch.setattr(rewards_jobs, "ENTITLED_TOGETHER", 1)
    issue_entitlements = operations.issue_entitlements

    def break_at_the_third(*, first_member, **options):
        issued = issue_entitlements(first_member=first_member, **options)
        if first_member == members[2]:
            raise RuntimeError("the machine went away between the vouchers and the record")
        return issued

    monkeypatch.setattr(operations, "issue_entitlements", break_at_the_third)
    assert run(program).state == Job.State.FAILED
    assert Voucher.objects.count() == 2
    monkeypatch.setattr(operations, "issue_entitlements", issue_entitlements)
    assert run(program, retry=True).report == {"vouchers": 5, "out_of_stock": 0}
    assert sorted(Voucher.objects.values_list("member_id", flat=True)) == sorted(members)


@pytest.mark.django_db
def test_later_nights_and_doubled_ones_issue_nothing_more(program, members):
    for day in (1, 1, 2, 31):
        run(program, date(2025, 5, day))
    assert Voucher.objects.count() == 5


@pytest.mark.django_db
def test_there_is_work_only_where_something_is_owed(program, members):
    has_work = registry.find("entitlements").has_work
    assert not has_work(program, date(2025, 4, 30))
    assert has_work(program, FIRST_OF_MAY)
    run(program)
    assert not has_work(program, date(2025, 5, 2))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_issue_once(program):
    promise(program, 20)

    def issue(_):
        return operations.issue_entitlements(program=program, at=MIDNIGHT, first_member=0, last_member=10**9)

    results = at_once(issue, range(4))
    assert sorted(result.vouchers for result in results) == [0, 0, 0, 20]
    assert Voucher.objects.count() == 20


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_database_has_to_refuse_the_second(program, monkeypatch):
    promise(program, 1)
    both, issue_for_reward = AllHaveRead(2), granting.issue_for_reward

    def read_then_write(**options):
        both.wait()
        return issue_for_reward(**options)

    monkeypatch.setattr(granting, "issue_for_reward", read_then_write)
    monkeypatch.setattr(EntitlementQuerySet, "select_for_update", lambda self, **options: self)

    def issue(_):
        return operations.issue_entitlements(program=program, at=MIDNIGHT, first_member=0, last_member=10**9)

    results = at_once(issue, range(2))
    assert [type(result) for result in results].count(IntegrityError) == 1
    assert Voucher.objects.count() == 1
