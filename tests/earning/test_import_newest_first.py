"""A refund may stand before its purchase, as in a log sorted newest first: it goes in all the same, in the one run."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile

from loyalty.earning.importing import jobs, loading
from loyalty.earning.models import Activity
from loyalty.jobs import operations
from loyalty.jobs.models import Job
from members.models import Enrolment
from tests.earning.imports import HEADER, import_activities

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("base_rule")]

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OLDEST_FIRST = [
    "A1,ana,2024-03-01,,100,,,",
    "B1,bruno,2024-03-02,,50,,,",
    "R1,ana,2024-03-03,refund,60,,,A1",
    "A2,ana,2024-03-04,,30,,,",
    "S1,bruno,2024-03-05,refund,50,,,B1",
    "R2,ana,2024-03-06,refund,15,,,A1",
    "C1,chloe,2024-03-07,,20,,,",
]
NEWEST_FIRST = OLDEST_FIRST[::-1]
CHUNKS = 5 + 3  # of two rows, and of the five refunds among them
UNKNOWN = "R9,ana,2024-03-08,refund,1,,,unheard-of"


def members():
    return sorted(Enrolment.objects.values_list("member__external_ids__external_id", "balance", "purchases", "spend"))


@pytest.fixture(params=[1, 2, 3, 100])
def in_chunks(request, monkeypatch):
    monkeypatch.setattr(loading, "ROWS_PER_CHUNK", request.param)


@pytest.mark.usefixtures("in_chunks")
@pytest.mark.parametrize("rows", [OLDEST_FIRST, NEWEST_FIRST], ids=["oldest", "newest"])
def test_either_order_gives_the_same_and_a_second_run_changes_nothing(write, rows):
    path = write(*rows)
    foreseen = import_activities(path, "--enrol", "--dry-run")
    first = import_activities(path, "--enrol")
    assert foreseen.counts == first.counts == (7, 7, 0, 0)
    assert members() == [("ana", 55, 2, 5500), ("bruno", 0, 1, 0), ("chloe", 20, 1, 2000)]
    assert import_activities(path, "--enrol").counts == (7, 0, 7, 0)
    assert members() == [("ana", 55, 2, 5500), ("bruno", 0, 1, 0), ("chloe", 20, 1, 2000)]


@pytest.mark.usefixtures("in_chunks")
def test_what_is_refused_at_last_is_told_once_with_its_row(write, tmp_path):
    path = write("R3,ana,2024-03-09,refund,200,,,A1", UNKNOWN, "S9,stranger,2024-03-08,refund,1,,,A1", *NEWEST_FIRST)
    outcome = import_activities(path, "--enrol", "--errors", tmp_path / "errors.csv")
    assert (outcome.code, outcome.counts) == (0, (10, 7, 0, 3))
    with (tmp_path / "errors.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["row"], row["external_id"], row["column"], row["code"]) for row in csv.DictReader(file)]
    assert rows == [
        ("2", "R3", "amount", "refund_too_large"),
        ("3", "R9", "refunds", "purchase_unknown"),
        ("4", "S9", "member", "member_unknown"),
    ]
    again = import_activities(path, "--enrol")
    assert again.counts == (10, 0, 7, 3)


@pytest.mark.usefixtures("in_chunks")
def test_a_refund_that_waits_twice_is_there_already_the_second_time(write):
    repeated = "R1,ana,2024-03-03,refund,60,,,A1"
    other = "R1,ana,2024-03-03,refund,61,,,A1"
    path = write(repeated, OLDEST_FIRST[1], other, OLDEST_FIRST[-1], repeated, OLDEST_FIRST[0])
    first = import_activities(path, "--enrol")
    assert first.counts == (6, 4, 1, 1)
    assert "Row 4, external_id" in first.err
    assert import_activities(path, "--enrol").counts == (6, 0, 5, 1)


def request_import(program):
    rows = [HEADER, *(f"{row},," for row in [UNKNOWN, *NEWEST_FIRST, UNKNOWN.replace("R9", "R4")]), ""]
    upload = SimpleUploadedFile("march.csv", "\n".join(rows).encode())
    return jobs.request_import(
        program=program, upload=upload, source="import", enrol=True, dry_run=False, by=None, at=NOON
    )


@pytest.mark.parametrize("fails_at", range(1, CHUNKS + 1))
def test_a_job_that_breaks_off_anywhere_goes_on_and_loses_no_refund(program, monkeypatch, fails_at):
    monkeypatch.setattr(loading, "ROWS_PER_CHUNK", 2)
    keep, calls = jobs._Report.settle, []

    def fail_once(report, chunk):
        keep(report, chunk)
        calls.append(chunk)
        if len(calls) == fails_at:
            raise RuntimeError("the machine stumbled")

    monkeypatch.setattr(jobs._Report, "settle", fail_once)
    job = operations.run(request_import(program), at=NOON)
    assert job.state == Job.State.FAILED
    operations.retry(job=job, by=None, at=NOON)
    job = operations.run(job, at=NOON)
    assert (job.state, len(calls)) == (Job.State.SUCCEEDED, CHUNKS + 1)
    assert job.report == {"rows": 9, "imported": 7, "duplicates": 0, "errors": 2}
    assert (job.error_count, job.done) == (2, 9)
    assert members() == [("ana", 55, 2, 5500), ("bruno", 0, 1, 0), ("chloe", 20, 1, 2000)]
    assert Activity.objects.filter(kind="refund").count() == 3
    with storages["private"].open(job.result_file) as file:
        rows = list(csv.DictReader(StringIO(file.read().decode("utf-8-sig"))))
    assert [row["row"] for row in rows] == ["2", "10"]
    stem = job.params["file"].removeprefix("imports/").removesuffix(".csv")
    assert [name for name in storages["private"].listdir("imports")[1] if name.startswith(f"{stem}.")] == []
