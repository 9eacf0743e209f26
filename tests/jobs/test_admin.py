"""Jobs in the admin: what staff see, who may stop, repeat and download."""

import pytest
from django.urls import reverse

from loyalty.jobs.models import Job
from tests.factories.jobs import ask, run
from tests.factories.programs import UserFactory

pytestmark = pytest.mark.django_db
SECRET = "somebody@example.com"


@pytest.fixture
def staff(client, django_user_model):
    """Signs in somebody with these permissions, such as `jobs.view_job`."""
    from django.contrib.auth.models import Permission

    def sign_in(*permissions):
        user = UserFactory()
        for permission in permissions:
            app, codename = permission.split(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        client.force_login(user)
        return client

    return sign_in


def page(job, name="change"):
    return reverse(f"admin:jobs_job_{name}", args=[job.pk])


def stop(job):
    return reverse("admin:jobs_job_stop", args=[job.pk])


def again(job):
    return reverse("admin:jobs_job_again", args=[job.pk])


@pytest.fixture
def import_job(register_job):
    """Left an errors file, and names a member in its errors."""

    def work(run):
        run.result_path("errors.csv").write_text(f"row,reason\n2,{SECRET}\n")
        run.error(f"unknown: {SECRET}", row=2)
        run.note(rows=1234567)

    register_job(work, labels={"rows": "lines"})
    return run(ask(source=SECRET))


def running_job(done=30, total=120):
    job = ask()
    Job.objects.update(state=Job.State.RUNNING, done=done, total=total)
    return job


def test_the_list_shows_jobs_with_their_progress(counting, staff):
    running_job()
    html = staff("jobs.view_job").get(reverse("admin:jobs_job_changelist")).content.decode()
    assert "Count" in html
    assert 'aria-valuenow="25"' in html


def test_a_running_job_fetches_its_progress_until_it_has_ended(counting, staff):
    job = running_job()
    client = staff("jobs.view_job")
    assert "hx-get" in client.get(page(job, "progress")).content.decode()
    Job.objects.update(state=Job.State.SUCCEEDED, attempts=1)
    html = client.get(page(job, "progress")).content.decode()
    assert "hx-get" not in html
    assert "succeeded" in html


def test_the_jobs_own_page_is_loaded_again_when_the_job_has_ended(counting, staff):
    job = run(ask())
    response = staff("jobs.view_job").get(page(job, "progress") + "?page")
    assert response.headers["HX-Refresh"] == "true"


def test_a_stranger_sees_no_progress(counting, client):
    job = running_job()
    response = client.get(page(job, "progress"))
    assert response.headers["HX-Refresh"] == "true"
    assert response.content == b""


def test_the_page_tells_the_report_and_the_errors(import_job, staff):
    html = staff("jobs.view_job", "jobs.change_job").get(page(import_job)).content.decode()
    assert "lines" in html
    assert "1,234,567" in html
    assert f"unknown: {SECRET}" in html


def test_who_only_sees_jobs_sees_no_errors_parameters_or_file(import_job, staff):
    client = staff("jobs.view_job")
    html = client.get(page(import_job)).content.decode()
    assert "1,234,567" in html
    assert SECRET not in html
    assert page(import_job, "file") not in html
    assert client.get(page(import_job, "file")).status_code == 403


def test_the_file_is_downloaded_by_whoever_may_operate_the_job(import_job, staff):
    response = staff("jobs.view_job", "jobs.change_job").get(page(import_job, "file"))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert SECRET in b"".join(response.streaming_content).decode()


def test_a_kind_of_job_may_ask_for_a_permission_of_its_own(register_job, staff):
    register_job(lambda run: run.result_path("x.csv").write_text("x"), permission="jobs.add_job")
    job = run(ask())
    assert staff("jobs.view_job", "jobs.change_job").get(page(job, "file")).status_code == 403
    assert staff("jobs.view_job", "jobs.add_job").get(page(job, "file")).status_code == 200


def test_a_job_without_a_file_has_none_to_download(counting, staff):
    job = run(ask())
    assert staff("jobs.view_job", "jobs.change_job").get(page(job, "file")).status_code == 404


def test_a_running_job_is_stopped_by_a_confirmed_request(counting, staff):
    job = running_job()
    client = staff("jobs.view_job", "jobs.change_job")
    assert stop(job) in client.get(page(job)).content.decode()
    client.get(stop(job))
    job.refresh_from_db()
    assert not job.cancel_requested
    assert client.post(stop(job)).status_code == 302
    job.refresh_from_db()
    assert job.cancel_requested


def test_a_failed_job_is_tried_again(counting, staff):
    job = ask()
    Job.objects.update(state=Job.State.FAILED, failure="RuntimeError: the shelf fell down")
    client = staff("jobs.view_job", "jobs.change_job")
    html = client.get(page(job)).content.decode()
    assert "the shelf fell down" in html
    assert again(job) in html
    client.post(again(job))
    job.refresh_from_db()
    assert (job.state, job.failure) == (Job.State.WAITING, "")


def test_what_cannot_be_done_any_more_is_refused_with_a_reason(counting, staff):
    job = run(ask())
    client = staff("jobs.view_job", "jobs.change_job")
    html = client.get(page(job)).content.decode()
    assert stop(job) not in html
    assert again(job) not in html
    assert "Only a waiting or running job" in client.post(stop(job)).content.decode()


def test_who_only_sees_jobs_neither_stops_nor_repeats_them(counting, staff):
    job = running_job()
    client = staff("jobs.view_job")
    assert stop(job) not in client.get(page(job)).content.decode()
    assert client.post(stop(job)).status_code == 403
    assert client.post(again(job)).status_code == 403


def test_nobody_adds_edits_or_deletes_a_job(counting, admin_client):
    job = run(ask())
    assert admin_client.get(reverse("admin:jobs_job_add")).status_code == 403
    assert admin_client.post(page(job), {"state": "failed"}).status_code == 403
    assert admin_client.post(page(job, "delete")).status_code == 403


def test_the_days_with_nothing_to_do_can_be_left_out(counting, staff):
    Job.objects.filter(pk=run(ask(period="2026-03-01")).pk).update(attempts=0)
    run(ask(period="2026-03-02"))
    html = staff("jobs.view_job").get(reverse("admin:jobs_job_changelist") + "?idle=no").content.decode()
    assert "2026-03-02" in html
    assert "2026-03-01" not in html
