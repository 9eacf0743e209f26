"""`manage.py run_jobs`: what it prints, and its exit codes."""

import json
from datetime import UTC, datetime, timedelta
from threading import Timer

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from loyalty.jobs import operations
from loyalty.jobs.models import Job
from tests.factories.earning import ActivityFactory
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(program):
    ActivityFactory(program=program, occurred_at=datetime(2026, 2, 1, 10, tzinfo=UTC))
    return program


@pytest.fixture
def run_jobs(capsys):
    """Runs the command and returns what it wrote on the standard output."""

    def run_jobs(*arguments):
        call_command("run_jobs", *arguments)
        return capsys.readouterr().out

    return run_jobs


def points(run):
    with transaction.atomic():
        run.advance(cursor=1, done=1, points=5)


def test_the_result_as_json_stands_alone_on_the_standard_output(shop, nights, run_jobs):
    nights.have("expire", work=points)
    nights.have("issue", has_work=lambda scope, day: False)
    assert json.loads(run_jobs("--as-of", "2026-02-03", "--json")) == {
        "as_of": "2026-02-03",
        "programs": {
            "les-halles": {"ran": {"expire": 3}, "idle": 3, "reports": {"expire": {"points": 15}}, "failures": []}
        },
    }


def test_the_result_for_people_names_the_jobs(shop, nights, run_jobs):
    nights.have("expire", work=points)
    told = run_jobs("--as-of", "2026-02-03")
    assert "les-halles" in told
    assert "Expire × 3: 15 points" in told


def test_without_a_day_it_runs_until_today_in_the_programs_zone(shop, nights, run_jobs, time_machine):
    time_machine.move_to(datetime(2026, 2, 2, 23, 30, tzinfo=UTC))
    nights.have("expire")
    run_jobs()
    assert nights.ran[-1] == "2026-02-03 expire"


def test_it_runs_all_programs_or_the_one_that_is_named(shop, nights, run_jobs):
    other = ProgramFactory(code="other")
    ActivityFactory(program=other, occurred_at=datetime(2026, 2, 1, 10, tzinfo=UTC))
    nights.have("expire")
    run_jobs("--as-of", "2026-02-01", "--program", "other")
    assert Job.objects.get().scope == "other"
    run_jobs("--as-of", "2026-02-01")
    assert set(Job.objects.values_list("scope", flat=True)) == {"other", "les-halles"}


def test_one_job_may_be_named(shop, nights, run_jobs):
    nights.have("expire")
    nights.have("issue")
    run_jobs("--as-of", "2026-02-01", "--only", "issue")
    assert nights.ran == ["2026-02-01 issue"]


def test_a_failed_job_gives_exit_code_1_and_its_reason_and_the_json_is_still_there(shop, nights, capsys):
    def out_of_order(run):
        raise RuntimeError("the shelf fell down")

    nights.have("expire", work=out_of_order)
    with pytest.raises(CommandError, match="expire 2026-02-01: RuntimeError: the shelf fell down") as refusal:
        call_command("run_jobs", "--as-of", "2026-02-03", "--json")
    assert refusal.value.returncode == 1
    failures = json.loads(capsys.readouterr().out)["programs"]["les-halles"]["failures"]
    assert [(failure["job"], failure["day"]) for failure in failures] == [("expire", "2026-02-01")]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--as-of", "31/02/2026"),
        ("--as-of", "2026-02-30"),
        ("--only", "no such job"),
        ("--program", "no-such-program"),
    ],
)
def test_bad_arguments_give_exit_code_2_and_run_nothing(shop, nights, arguments):
    nights.have("expire")
    with pytest.raises(CommandError) as refusal:
        call_command("run_jobs", *arguments)
    assert refusal.value.returncode == 2
    assert nights.ran == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_it_waits_for_a_job_in_another_workers_hands(shop, nights, run_jobs):
    nights.have("expire")
    now = timezone.now()
    job = operations.ensure(name="expire", scope=shop.code, period="2026-02-01", by=None, at=now)
    Job.objects.update(state=Job.State.RUNNING, attempts=1, worker="elsewhere:1", heartbeat_at=now)
    the_other_finishes = Timer(1.5, Job.objects.filter(pk=job.pk).update, kwargs={"state": Job.State.SUCCEEDED})
    the_other_finishes.start()
    run_jobs("--as-of", "2026-02-02")
    the_other_finishes.join()
    assert nights.ran == ["2026-02-02 expire"]


def test_it_takes_over_from_a_worker_that_died(shop, nights, run_jobs):
    nights.have("expire")
    operations.ensure(name="expire", scope=shop.code, period="2026-02-01", by=None, at=timezone.now())
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.update(state=Job.State.RUNNING, attempts=1, worker="elsewhere:1", heartbeat_at=long_ago)
    run_jobs("--as-of", "2026-02-01")
    assert nights.ran == ["2026-02-01 expire"]
