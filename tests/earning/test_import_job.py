"""Staff upload a file in the admin; a job imports it, shows how far it is, and keeps the refused rows for download."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from loyalty.earning.importing import jobs, loading
from loyalty.earning.models import Activity
from loyalty.jobs import operations
from loyalty.jobs.models import Job
from tests.factories.programs import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("base_rule")]

PAGE = reverse("admin:earning_activity_import_file")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEADER = "external_id,member,occurred_at,amount"
GOOD = [f"A{number},member-{number},2024-03-01,{number}" for number in range(1, 11)]
BAD = "A11,member-1,2024-02-31,5"


def upload(*rows, header=HEADER):
    return SimpleUploadedFile("march.csv", "\n".join([header, *rows]).encode())


@pytest.fixture
def marketing(client, marketer):
    client.force_login(marketer)
    return client


@pytest.fixture
def post(marketing, program):
    def post(file, **values):
        return marketing.post(PAGE, {"program": program.pk, "source": "import", "enrol": "on", "file": file} | values)

    return post


def run(job):
    return operations.run(job, at=NOON)


def test_an_uploaded_file_becomes_a_job_with_its_own_page(post):
    response = post(upload(*GOOD, BAD))
    job = Job.objects.get(name=jobs.NAME)
    assert response.url == reverse("admin:jobs_job_change", args=[job.pk])
    assert (job.state, job.scope, job.by.username) == (Job.State.WAITING, "les-halles", "malik")
    assert not Activity.objects.exists()


def test_the_job_imports_and_reports(post, marketing):
    post(upload(*GOOD, BAD))
    job = run(Job.objects.get(name=jobs.NAME))
    assert job.state == Job.State.SUCCEEDED
    assert job.report == {"rows": 11, "imported": 10, "duplicates": 0, "errors": 1}
    assert (job.done, job.total) == (11, 11)
    assert [(error["row"], error["column"]) for error in job.errors] == [(12, "occurred_at")]
    recorded = Activity.objects.filter(kind="purchase")
    assert {activity.by.username for activity in recorded} == {"malik"}
    page = marketing.get(reverse("admin:jobs_job_change", args=[job.pk])).content.decode()
    assert "march.csv" in page
    assert "2024-02-31" in page


def test_the_refused_rows_can_be_downloaded_by_who_may_import_and_by_nobody_else(post, client, administrator):
    post(upload(*GOOD, BAD))
    job = run(Job.objects.get(name=jobs.NAME))
    file = reverse("admin:jobs_job_file", args=[job.pk])
    content = b"".join(client.get(file).streaming_content).decode("utf-8-sig")
    assert [row["external_id"] for row in csv.DictReader(StringIO(content))] == ["A11"]
    client.force_login(UserFactory(groups=["analyst"]))
    assert client.get(file).status_code == 403


@pytest.mark.parametrize("rows", [GOOD, [BAD]], ids=["imported", "refused"])
def test_the_uploaded_file_is_deleted_once_it_was_read(post, rows):
    post(upload(*rows))
    job = run(Job.objects.get(name=jobs.NAME))
    assert not storages["private"].exists(job.params["file"])


def test_a_dry_run_writes_nothing_but_its_report(post):
    post(upload(*GOOD, BAD), dry_run="on")
    job = run(Job.objects.get(name=jobs.NAME))
    assert job.state == Job.State.SUCCEEDED
    assert job.report == {"rows": 11, "imported": 10, "duplicates": 0, "errors": 1}
    assert not Activity.objects.exists()


def test_a_file_of_which_nothing_could_be_imported_fails_with_the_reason(post):
    post(upload(BAD))
    job = run(Job.objects.get(name=jobs.NAME))
    assert job.state == Job.State.FAILED
    assert job.failure == "Nothing could be imported."
    assert job.report["errors"] == 1


def test_a_job_goes_on_where_it_broke_off(post, monkeypatch):
    monkeypatch.setattr(loading, "ROWS_PER_CHUNK", 3)
    post(upload(BAD, *GOOD[:5], BAD.replace("A11", "A12"), *GOOD[5:], BAD.replace("A11", "A13")))
    record, calls = loading.Order.record, []

    def fail_once(order, activities):
        calls.append(len(activities))
        if len(calls) == 3:
            raise RuntimeError("the machine stumbled")
        return record(order, activities)

    monkeypatch.setattr(loading.Order, "record", fail_once)
    job = run(Job.objects.get(name=jobs.NAME))
    assert (job.state, job.done, job.cursor) == (Job.State.FAILED, 6, 7)
    operations.retry(job=job, by=None, at=NOON)
    job = run(job)
    assert job.state == Job.State.SUCCEEDED
    assert job.report == {"rows": 13, "imported": 10, "duplicates": 0, "errors": 3}
    assert job.error_count == 3
    with storages["private"].open(job.result_file) as file:
        rows = list(csv.DictReader(StringIO(file.read().decode("utf-8-sig"))))
    assert [row["row"] for row in rows] == ["2", "8", "14"]


def test_a_cancelled_job_keeps_what_is_in(post, monkeypatch):
    monkeypatch.setattr(loading, "ROWS_PER_CHUNK", 3)
    post(upload(*GOOD))
    record = loading.Order.record

    def cancel_meanwhile(order, activities):
        Job.objects.update(cancel_requested=True)
        return record(order, activities)

    monkeypatch.setattr(loading.Order, "record", cancel_meanwhile)
    job = run(Job.objects.get(name=jobs.NAME))
    assert (job.state, job.report["imported"]) == (Job.State.CANCELLED, 3)
    assert Activity.objects.filter(kind="purchase").count() == 3


def test_the_reasons_are_in_the_language_of_who_uploaded(post, marketing, settings):
    marketing.cookies.load({settings.LANGUAGE_COOKIE_NAME: "fr"})
    post(upload(BAD))
    assert Job.objects.get(name=jobs.NAME).params["language"] == "fr"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("march.xlsx", b"PK\x03\x04" + bytes(50)), "CSV UTF-8"),
        (upload(header="member,amount"), "external_id"),
        (SimpleUploadedFile("march.csv", b""), "empty"),
    ],
    ids=["workbook", "missing column", "empty"],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(post, file, words):
    file.seek(0)
    response = post(file)
    assert response.status_code == 200
    (error,) = response.context["form"].errors["file"]
    assert words in error
    assert not Job.objects.filter(name=jobs.NAME).exists()


def test_a_source_is_one_word(post):
    assert "source" in post(upload(*GOOD), source="two words").context["form"].errors


def test_the_page_says_which_columns_there_are(marketing):
    assert "unit_price" in marketing.get(PAGE).content.decode()


def test_the_list_of_activities_leads_to_it_only_who_may_import(client, marketer, program):
    activities = reverse("admin:earning_activity_changelist")
    client.force_login(marketer)
    assert PAGE in client.get(activities).content.decode()
    client.force_login(UserFactory(groups=["analyst"]))
    assert PAGE not in client.get(activities).content.decode()
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"program": program.pk, "source": "import", "file": upload(*GOOD)}).status_code == 403
    assert not Job.objects.filter(name=jobs.NAME).exists()
