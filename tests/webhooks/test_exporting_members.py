"""Each night members' summary rows lie ready as a file: of those who said yes, and only for whoever has the right."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import storages
from django.test import Client
from pyarrow import parquet

from loyalty.jobs import operations as jobs
from loyalty.jobs.models import Job
from loyalty.webhooks.exporting import KEPT, ask_for_exports
from members.operations import block_member
from tests.factories.members import ConsentFactory, EnrolmentFactory, MemberFactory
from tests.factories.programs import UserFactory

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)  # 6 March in Paris


@pytest.fixture
def export(settings):
    def export(kind="csv", at=NIGHT):
        settings.MEMBER_EXPORT = kind
        (job,) = ask_for_exports(at=at)
        return jobs.run(job, at=at)

    return export


def file_of(job):
    return storages["private"].path(job.result_file)


def rows_of(job):
    with open(file_of(job), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_file_holds_who_agreed_with_their_figures_safe_for_spreadsheets(program, ana, bruno, export):
    ConsentFactory(member=ana)
    ana.enrolments.update(balance=120, purchases=3, spend=12345, tier="gold", last_purchase_at=NIGHT)
    ana.last_name = '=HYPERLINK("x")'
    ana.save()
    blocked = EnrolmentFactory(program=program).member
    ConsentFactory(member=blocked)
    block_member(member=blocked, reason="x", at=NIGHT, by=None)

    job = export()

    assert (job.state, job.period, job.report) == (Job.State.SUCCEEDED, "2026-03-06", {"rows": 1})
    (row,) = rows_of(job)
    assert row["number"] == ana.number
    assert row["last_name"] == '\'=HYPERLINK("x")'
    assert (row["points"], row["purchases"], row["spend"], row["tier"]) == ("120", "3", "123.45", "gold")
    assert (row["phone"], row["last_purchase_at"]) == ("'+33612345678", NIGHT.isoformat())


def test_as_parquet_the_columns_have_their_types(ana, export):
    ConsentFactory(member=ana)
    ana.enrolments.update(spend=12345)

    table = parquet.read_table(file_of(export("parquet")))

    (row,) = table.to_pylist()
    assert (row["number"], row["spend"], row["points"]) == (ana.number, Decimal("123.45"), 0)
    assert row["last_purchase_at"] is None
    assert row["enrolled_at"].tzinfo is not None


def test_nothing_is_exported_where_nobody_asked_for_it(program, settings):
    settings.MEMBER_EXPORT = ""

    assert ask_for_exports(at=NIGHT) == []


def test_the_same_day_gives_the_same_job_and_a_week_of_files_is_kept(program, export):
    first = export()
    assert export(at=NIGHT + timedelta(hours=1)).pk == first.pk
    for day in range(1, KEPT + 1):
        last = export(at=NIGHT + timedelta(days=day))

    storage = storages["private"]
    kept = [job for job in Job.objects.exclude(result_file="") if storage.exists(job.result_file)]
    assert len(kept) == KEPT
    assert not storage.exists(first.result_file)
    assert storage.exists(last.result_file)


def test_marketing_downloads_it_and_an_analyst_does_not(ana, export):
    job = export()

    def asks(role):
        browser = Client()
        browser.force_login(UserFactory(groups=[role]), backend="django.contrib.auth.backends.ModelBackend")
        return browser.get(f"/admin/jobs/job/{job.pk}/file/").status_code

    assert asks("marketing") == 200
    assert asks("analyst") == 403


def test_members_without_anything_yet_do_not_stop_it(program, export):
    ConsentFactory(member=EnrolmentFactory(program=program, member=MemberFactory(email="")).member)

    assert rows_of(export())[0]["email"] == ""
