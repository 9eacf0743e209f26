"""The days since a program's first activity are run in order, and the jobs of a day in the order of the night."""

from datetime import UTC, date, datetime

import pytest

from loyalty.backoffice.nightly import first_day, run_night
from loyalty.jobs.models import Job
from loyalty.jobs.registry import first_of_month
from tests.factories.earning import ActivityFactory
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 2, 12, tzinfo=UTC)
TODAY = date(2026, 2, 2)


def activity(program, *moment, **terms):
    return ActivityFactory(program=program, occurred_at=datetime(*moment, tzinfo=UTC), **terms)


@pytest.fixture
def shop(program):
    """Its first activity is of 31 January."""
    activity(program, 2026, 1, 31, 10)
    return program


def run(program, as_of=TODAY, **terms):
    return run_night(program=program, as_of=as_of, at=NOW, **terms)


def test_the_first_day_is_the_local_day_of_the_first_activity_of_any_kind(program):
    activity(program, 2026, 1, 31, 10)
    activity(program, 2026, 1, 29, 23, 30, kind="visit")
    assert program.time_zone == "Europe/Paris"
    assert first_day(program) == date(2026, 1, 30)


def test_all_days_are_caught_up_one_after_the_other(shop, nights):
    nights.have("issue", order=30)
    nights.have("expire", order=20)
    run(shop)
    assert nights.ran == [
        "2026-01-31 expire",
        "2026-01-31 issue",
        "2026-02-01 expire",
        "2026-02-01 issue",
        "2026-02-02 expire",
        "2026-02-02 issue",
    ]


def test_a_job_may_be_due_on_some_days_only(shop, nights):
    nights.have("issue", is_due=first_of_month)
    run(shop)
    assert nights.ran == ["2026-02-01 issue"]


def test_a_doubled_night_does_nothing(shop, nights):
    nights.have("expire")
    run(shop)
    again = run(shop)
    assert len(nights.ran) == 3
    assert (again.jobs, again.idle) == ([], 0)


def test_only_the_missing_days_are_run(shop, nights):
    nights.have("expire")
    run(shop, as_of=date(2026, 1, 31))
    nights.ran.clear()
    run(shop)
    assert nights.ran == ["2026-02-01 expire", "2026-02-02 expire"]


def test_one_job_alone_may_be_run(shop, nights):
    nights.have("expire")
    nights.have("issue")
    run(shop, only="issue")
    assert {entry.split()[1] for entry in nights.ran} == {"issue"}


def test_without_activities_there_is_no_first_day(program, nights):
    nights.have("expire")
    run(program)
    assert nights.ran == []


def test_before_the_first_activity_there_is_nothing_to_do(shop, nights):
    nights.have("expire")
    run(shop, as_of=date(2026, 1, 30))
    assert nights.ran == []


def test_programs_have_nights_of_their_own(shop, nights):
    other = ProgramFactory()
    activity(other, 2026, 2, 1, 10)
    nights.have("expire")
    run(shop)
    nights.ran.clear()
    run(other)
    assert nights.ran == ["2026-02-01 expire", "2026-02-02 expire"]


def test_history_that_is_loaded_later_brings_its_days_with_it(shop, nights):
    nights.have("expire")
    run(shop)
    nights.ran.clear()
    activity(shop, 2026, 1, 29, 10)
    run(shop)
    assert nights.ran == ["2026-01-29 expire", "2026-01-30 expire"]


def test_days_without_work_are_noted_without_a_run(shop, nights):
    nights.have("expire", has_work=lambda scope, day: day == date(2026, 2, 1))
    night = run(shop)
    assert nights.ran == ["2026-02-01 expire"]
    assert night.idle == 2
    days = Job.objects.filter(scope=shop.code, state=Job.State.SUCCEEDED).order_by("period")
    assert [job.period for job in days] == ["2026-01-31", "2026-02-01", "2026-02-02"]


def test_whether_there_is_work_is_asked_when_the_jobs_before_are_done(shop, nights):
    nights.have("activate", order=10, is_due=first_of_month)
    nights.have("expire", order=20, has_work=lambda scope, day: "2026-02-01 activate" in nights.ran)
    run(shop)
    assert nights.ran == ["2026-02-01 activate", "2026-02-01 expire", "2026-02-02 expire"]


def test_passing_over_idle_days_takes_a_handful_of_statements(shop, nights, django_assert_max_num_queries):
    activity(shop, 2024, 1, 1, 10)
    nights.have("expire", has_work=lambda scope, day: False)
    with django_assert_max_num_queries(40):  # SQLite takes some fifty rows in one statement
        assert run(shop).idle > 700


def test_a_past_day_is_caught_up_with_and_today_is_not(shop, nights):
    catching_up = {}
    nights.have("messages", work=lambda run: catching_up.update({run.period: run.catching_up}))
    run(shop)
    assert catching_up == {"2026-01-31": True, "2026-02-01": True, "2026-02-02": False}


def test_a_job_that_failed_yesterday_is_caught_up_with_today(shop, nights):
    catching_up = []

    def work(run):
        catching_up.append(run.catching_up)
        if len(catching_up) == 1:
            raise ConnectionError

    nights.have("messages", work=work, is_due=lambda day: day == TODAY)
    run(shop)
    run_night(program=shop, as_of=date(2026, 2, 3), at=datetime(2026, 2, 3, 12, tzinfo=UTC))
    assert catching_up == [False, True]
