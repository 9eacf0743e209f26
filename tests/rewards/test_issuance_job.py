"""The job of the first of the month: due on that day alone, resumed where it was killed, harmless when doubled."""

from datetime import UTC, date, datetime

import pytest

from loyalty.jobs import operations as jobs
from loyalty.jobs import registry
from loyalty.jobs.models import Job
from rewards import jobs as rewards_jobs
from rewards import operations
from rewards.models import Issuance, IssuanceRule, Voucher
from tests.factories.members import EnrolmentFactory
from tests.factories.rewards import SPRING, IssuanceRuleFactory, give_points

pytestmark = pytest.mark.django_db
NIGHT = datetime(2025, 5, 1, 1, tzinfo=UTC)
FIRST_OF_MAY = date(2025, 5, 1)


@pytest.fixture
def members(program):
    IssuanceRuleFactory(program=program)
    members = [enrolment.member for enrolment in EnrolmentFactory.create_batch(5, program=program)]
    for member in members:
        give_points(program, member, 350)
    return members


def run(program, retry=False):
    job = jobs.ensure(name="issuance", scope=program.code, period="2025-05-01", by=None, at=NIGHT)
    return jobs.run(job, at=NIGHT, retry=retry)


def test_the_job_issues_and_reports(program, members):
    job = run(program)
    assert job.state == Job.State.SUCCEEDED
    assert job.report == {"vouchers": 5, "points": 1500, "value": 7500}
    assert Issuance.objects.filter(month=FIRST_OF_MAY).count() == 5


def test_small_chunks_give_the_same(program, members, monkeypatch):
    monkeypatch.setattr(rewards_jobs, "CHUNK", 2)
    assert run(program).report == {"vouchers": 5, "points": 1500, "value": 7500}


def test_a_run_that_broke_off_is_resumed(program, members, monkeypatch):
    monkeypatch.setattr(rewards_jobs, "CHUNK", 1)
    issue_month = operations.issue_month

    def break_at_the_third(*, first_member, **options):
        if first_member == members[2].pk:
            raise RuntimeError("the machine went away")
        return issue_month(first_member=first_member, **options)

    monkeypatch.setattr(operations, "issue_month", break_at_the_third)
    assert run(program).state == Job.State.FAILED
    assert Voucher.objects.count() == 2
    monkeypatch.setattr(operations, "issue_month", issue_month)
    job = run(program, retry=True)
    assert job.report == {"vouchers": 5, "points": 1500, "value": 7500}
    assert Voucher.objects.count() == 5


def test_a_day_that_is_done_is_not_done_again(program, members):
    run(program)
    give_points(program, members[0], 500, at=SPRING)
    run(program)
    assert Voucher.objects.count() == 5


def test_it_is_due_on_the_first_and_only_where_there_is_a_rule(program, members):
    job = registry.find("issuance")
    assert job.is_due(FIRST_OF_MAY)
    assert not job.is_due(date(2025, 5, 2))
    assert job.has_work(program, FIRST_OF_MAY)
    IssuanceRule.objects.update(is_active=False)
    assert not job.has_work(program, FIRST_OF_MAY)
