"""The ledger's nights: points become usable and lapse on their day, in the program's zone, exactly once."""

from datetime import UTC, date, datetime

import pytest

from loyalty.backoffice.nightly import run_night
from loyalty.jobs.models import Job
from loyalty.ledger import operations
from loyalty.ledger.models import Account, Entry
from loyalty.lib.periods import start_of_day
from tests.factories.earning import ActivityFactory

pytestmark = pytest.mark.django_db
EARNED = datetime(2025, 3, 10, 15, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def shop(program):
    ActivityFactory(program=program, occurred_at=EARNED)
    return program


def midnight(program, *day):
    return start_of_day(date(*day), program.tzinfo)


def earn(program, member, points, **terms):
    cause = operations.Cause("till", f"{member.pk} {points}")
    operations.earn(program=program, member_id=member.pk, points=points, cause=cause, at=EARNED, **terms)


def run_until(program, *day):
    return run_night(program=program, as_of=date(*day), at=NOW)


def account(member):
    return Account.objects.get(member=member)


def test_points_lapse_in_the_night_of_their_day(shop, ana):
    earn(shop, ana, 30, expires_at=midnight(shop, 2025, 4, 1))
    earn(shop, ana, 70)
    run_until(shop, 2025, 3, 31)
    assert account(ana).available == 100
    run_until(shop, 2025, 4, 1)
    assert account(ana).available == 70
    lapsed = Entry.objects.get(kind="expire")
    assert (lapsed.points, lapsed.effective_at) == (-30, midnight(shop, 2025, 4, 1))


def test_pending_points_become_usable_in_the_night_of_their_day(shop, ana):
    earn(shop, ana, 30, active_at=midnight(shop, 2025, 3, 24))
    run_until(shop, 2025, 3, 23)
    assert (account(ana).pending, account(ana).available) == (30, 0)
    run_until(shop, 2025, 3, 24)
    assert (account(ana).pending, account(ana).available) == (0, 30)


def test_a_doubled_night_takes_nothing_twice(shop, ana):
    earn(shop, ana, 30, expires_at=midnight(shop, 2025, 4, 1))
    run_until(shop, 2025, 4, 1)
    Job.objects.all().delete()
    run_until(shop, 2025, 4, 1)
    assert Entry.objects.filter(kind="expire").count() == 1


def test_the_report_says_how_many_points(shop, ana, bruno):
    earn(shop, ana, 30, expires_at=midnight(shop, 2025, 4, 1))
    earn(shop, bruno, 12, expires_at=midnight(shop, 2025, 4, 1))
    run_until(shop, 2025, 4, 2)
    job = Job.objects.get(name="expire", period="2025-04-01")
    assert job.report == {"points": 42}
    assert job.percent == 100


def test_days_on_which_nothing_lapses_are_passed_over(shop, ana):
    earn(shop, ana, 30, expires_at=midnight(shop, 2026, 3, 10))
    night = run_until(shop, 2026, 3, 31)
    assert [(job.name, job.period) for job in night.jobs if job.name == "expire"] == [("expire", "2026-03-10")]
    assert Job.objects.filter(name="expire").count() == (date(2026, 3, 31) - date(2025, 3, 10)).days + 1
