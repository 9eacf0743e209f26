"""Background jobs as staff see them: live progress, what came of it, what went wrong; to stop and to try again.

Nobody adds, edits or deletes a job here. Who sees a job sees its progress and report; its parameters, errors and file
may name members, so they need the permission of the kind of job.
"""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.http import FileResponse, Http404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRefresh
from unfold.decorators import action, display

from loyalty.jobs import operations, registry
from loyalty.jobs.models import Job
from loyalty.lib.admin import VerbMixin, ViewOnlyAdmin, grouped
from loyalty.lib.wording import named

STATE_COLOURS = {"waiting": "", "running": "info", "succeeded": "success", "failed": "danger", "cancelled": "warning"}
LABELS = {"row": _("row"), "column": _("column"), "field": _("field"), "member": _("member"), "message": _("reason")}
TOP_FIGURES = 3


class KindFilter(admin.SimpleListFilter):
    title = _("kind of job")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [(kind.name, kind.title) for kind in registry.kinds()]

    def queryset(self, request, queryset):
        return queryset.filter(name=self.value()) if self.value() else queryset


class IdleFilter(admin.SimpleListFilter):
    title = _("work")
    parameter_name = "idle"

    def lookups(self, request, model_admin):
        return [("no", _("had something to do")), ("yes", _("had nothing to do"))]

    def queryset(self, request, queryset):
        idle = {"state": Job.State.SUCCEEDED, "attempts": 0}
        if self.value() == "no":
            return queryset.exclude(**idle)
        return queryset.filter(**idle) if self.value() == "yes" else queryset


@admin.register(Job)
class JobAdmin(VerbMixin, ViewOnlyAdmin):
    list_display = ["shown_title", "shown_scope", "shown_period", "progress", "figures", "errors_met", "started"]
    list_display += ["duration"]
    list_filter = ["state", KindFilter, IdleFilter]
    search_fields = ["=scope", "^period"]
    search_help_text = _("Scope, or the beginning of a period such as 2025-12.")
    sortable_by = ["started"]
    list_select_related = ["by"]
    fields = ["scope", "period", "by", "created_at", "started_at", "heartbeat_at", "finished_at", "attempts"]
    actions_detail = ["stop", "again"]
    change_form_before_template = "admin/jobs/before.html"
    change_form_after_template = "admin/jobs/after.html"

    @display(description=_("job"))
    def shown_title(self, job):
        return job.title

    @display(description=_("scope"))
    def shown_scope(self, job):
        return format_html('<span class="whitespace-nowrap">{}</span>', job.scope)

    @display(description=_("period"))
    def shown_period(self, job):
        return format_html('<span class="whitespace-nowrap">{}</span>', job.period)

    @display(description=_("errors"))
    def errors_met(self, job):
        return grouped(job.error_count) if job.error_count else ""

    @display(description=_("started"), ordering="started_at")
    def started(self, job):
        return job.started_at and date_format(timezone.localtime(job.started_at), "SHORT_DATETIME_FORMAT")

    @display(description=_("state"))
    def progress(self, job):
        return render_to_string("admin/jobs/progress.html", _progress(job))

    @display(description=_("report"))
    def figures(self, job):
        numbers = [pair for pair in _labelled(job, job.report) if pair[1] != "0"][:TOP_FIGURES]
        return format_html_join(", ", "{}", [(named(label, number),) for label, number in numbers])

    @display(description=_("duration"))
    def duration(self, job):
        if job.started_at is None or job.attempts == 0:
            return "–"
        seconds = int(((job.finished_at or timezone.now()) - job.started_at).total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"

    # Rights

    def may_operate(self, request, job):
        return job is not None and request.user.has_perm(job.permission)

    def has_operate_permission(self, request, object_id=None):
        return self.may_operate(request, self.get_object(request, object_id))

    def get_actions_detail(self, request, object_id):
        job = self.get_object(request, object_id)
        possible = {"stop": job and job.is_active and not job.cancel_requested, "again": job and job.is_stopped}
        actions = super().get_actions_detail(request, object_id)
        return [action for action in actions if possible[action.method.__name__]]

    # Pages

    def get_urls(self):
        own = [
            path("<int:job_id>/progress/", self.progress_view, name="jobs_job_progress"),
            path("<int:job_id>/file/", self.admin_site.admin_view(self.file_view), name="jobs_job_file"),
        ]
        return own + super().get_urls()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        job = self.get_object(request, object_id) if object_id else None
        if job is not None:
            extra_context = {**(extra_context or {}), **_progress(job, on_its_page=True), **self._tables(request, job)}
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _tables(self, request, job):
        tables = {"report": {"rows": _labelled(job, job.report)}}
        if self.may_operate(request, job):
            tables |= {
                "parameters": {"rows": _labelled(job, job.params)},
                "job_errors": _errors(job),
                "has_file": bool(job.result_file) and storages["private"].exists(job.result_file),
            }
        return tables

    def progress_view(self, request, job_id):
        """A fragment that fetches itself anew until the job has ended; then the job's own page is loaded again."""
        allowed = self.admin_site.has_permission(request) and self.has_view_permission(request)
        job = Job.objects.filter(pk=job_id).first()
        if not allowed or job is None:
            return HttpResponseClientRefresh()
        on_its_page = "page" in request.GET
        if on_its_page and not job.is_active:
            return HttpResponseClientRefresh()
        return TemplateResponse(request, "admin/jobs/progress.html", _progress(job, on_its_page=on_its_page))

    def file_view(self, request, job_id):
        job = self.get_object(request, job_id)
        if job is None or not job.result_file or not storages["private"].exists(job.result_file):
            raise Http404
        if not self.has_view_permission(request) or not self.may_operate(request, job):
            raise PermissionDenied
        name = job.result_file.rpartition("/")[2]
        file = storages["private"].open(job.result_file)
        return FileResponse(file, as_attachment=True, filename=f"{job.name}-{job.pk}-{name}")

    # Verbs

    @action(description=_("Stop this job"), url_path="stop", permissions=["operate"], icon="stop_circle")
    def stop(self, request, object_id):
        def perform(job, data):
            operations.cancel(job=job, by=request.user, at=timezone.now())
            return gettext("The job ends after the part in hand. What is done stays.")

        return self._confirm(request, object_id, _("Stop this job"), perform)

    @action(description=_("Try again"), url_path="again", permissions=["operate"], icon="replay")
    def again(self, request, object_id):
        def perform(job, data):
            operations.retry(job=job, by=request.user, at=timezone.now())
            return gettext("The job goes on from where it stopped.")

        return self._confirm(request, object_id, _("Try again"), perform)

    def _confirm(self, request, object_id, title, perform):
        return self.act(
            request,
            object_id,
            title=title,
            form_class=forms.Form,
            perform=perform,
            refusals=operations.NotPossible,
        )


def _progress(job, *, on_its_page=False):
    state, colour = job.get_state_display(), STATE_COLOURS[job.state]
    if job.is_idle:
        state, colour = gettext("nothing to do"), ""
    elif job.is_active and job.cancel_requested:
        state = gettext("stopping")
    return {"job": job, "state": state, "colour": colour, "on_its_page": on_its_page}


def _labelled(job, values):
    """(label, value) of a report or of parameters, as the reader's language writes them."""
    labels = LABELS | job.labels
    return [(labels.get(key, key), _text(value)) for key, value in values.items()]


def _text(value):
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return grouped(value) if isinstance(value, int) else str(value)


def _errors(job):
    """The first errors as a table; a column for each key that any of them has."""
    if not job.errors:
        return None
    keys = sorted({key for error in job.errors for key in error}, key=lambda key: (key == "message", key != "row", key))
    labels = LABELS | job.labels
    rows = [[_text(error.get(key, "")) for key in keys] for error in job.errors]
    return {"headers": [labels.get(key, key) for key in keys], "rows": rows}
