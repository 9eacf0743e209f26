"""Batches of codes: asked for, made by a job, downloaded once, stopped; and each code, found by what is printed."""

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.challenges import operations, queries
from loyalty.challenges.admin.base import NAMES, WHEN, DefinitionAdmin
from loyalty.challenges.forms import CodeBatchForm, KeepForm
from loyalty.challenges.models import CodeBatch, CodeUse, EntryCode
from loyalty.challenges.operations.batches import JOB
from loyalty.jobs.queries import find as find_job
from loyalty.lib.admin import MemberSearchMixin, ViewOnlyAdmin, ViewOnlyInline, grouped, has_row

STATES = {"free": _("not entered"), "used": pgettext_lazy("code", "entered")}
STATE_COLOURS = {"free": "success", "used": ""}


@admin.register(CodeBatch)
class CodeBatchAdmin(DefinitionAdmin):
    form = CodeBatchForm
    list_display = ["shown_name", "program", "shown_gift", "quantity", "downloaded_at", "valid_to", "stopped_at"]
    autocomplete_fields = ["program", "reward"]
    actions_detail = ["download", "stop"]
    readonly_fields = ["shown_made", "shown_used", "created_at", "by", "downloaded_at", "downloaded_by", "stopped_at"]
    fixed = ("quantity", "points", "reward")
    fieldsets = [
        (None, {"fields": NAMES}),
        (_("Its codes"), {"fields": ["quantity", "points", "reward"]}),
        (WHEN, {"fields": ["first_day", "last_day"]}),
        (_("How many at most"), {"fields": ["per_member_limit", "per_day_limit"]}),
    ]
    shown_fieldsets = [
        (
            _("So far"),
            {
                "fields": [
                    "shown_made",
                    "shown_used",
                    "created_at",
                    "by",
                    "downloaded_at",
                    "downloaded_by",
                    "stopped_at",
                ]
            },
        )
    ]

    def is_fixed(self, batch):
        return True

    def save_model(self, request, obj, form, change):
        if change:
            operations.change_codes(batch=obj, at=timezone.now(), by=request.user, **self.changes(form))
            return
        saved = operations.generate_codes(at=timezone.now(), by=request.user, **self.terms(form))
        obj.__dict__.update(saved.__dict__)  # the admin goes on with the row that it built from the form

    def response_add(self, request, obj, post_url_continue=None):
        job = find_job(name=JOB, scope=obj.program.code, period=obj.code)
        if job and request.user.has_perm("jobs.view_job"):
            messages.success(request, gettext("The codes are being made."))
            return redirect("admin:jobs_job_change", job.pk)
        return super().response_add(request, obj, post_url_continue)

    @display(description=_("codes made"))
    def shown_made(self, batch):
        return _("%(count)s of %(goal)s") % {"count": grouped(batch.codes.count()), "goal": grouped(batch.quantity)}

    @display(description=_("codes entered"))
    def shown_used(self, batch):
        return grouped(batch.codes.filter(activity_id__isnull=False).count())

    def has_download_permission(self, request, object_id=None):
        waiting = CodeBatch.objects.filter(downloaded_at__isnull=True)
        return request.user.has_perm("challenges.download_codebatch") and has_row(waiting, object_id)

    def has_stop_permission(self, request, object_id=None):
        running = CodeBatch.objects.filter(stopped_at__isnull=True)
        return request.user.has_perm("challenges.change_codebatch") and has_row(running, object_id)

    @action(description=_("Download the codes, once"), url_path="download", permissions=["download"], icon="download")
    def download(self, request, object_id):
        batch = self.get_object(request, object_id)
        if batch is None:
            raise Http404
        form = KeepForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                text = operations.hand_out_codes(batch=batch, at=timezone.now(), by=request.user)
            except operations.CodesRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                headers = {"Content-Disposition": f'attachment; filename="codes-{batch.code}.csv"'}
                return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
        context = self.admin_site.each_context(request)
        context |= {"title": _("Download the codes, once"), "opts": self.opts, "original": batch, "form": form}
        return TemplateResponse(request, "admin/act.html", context)

    @action(description=_("Stop this batch"), url_path="stop", permissions=["stop"], icon="block")
    def stop(self, request, object_id):
        def perform(batch, data):
            operations.stop_codes(batch=batch, at=timezone.now(), by=request.user)
            return gettext("Its codes are not accepted any more. What was entered stays.")

        return self.act(
            request,
            object_id,
            title=_("Stop this batch"),
            form_class=forms.Form,
            perform=perform,
            refusals=operations.CodesRefused,
        )


class CodeUseInline(ViewOnlyInline):
    model = CodeUse
    fields = ["member", "used_at", "points", "voucher", "undone_at", "is_reward_kept"]
    show_change_link = False
    verbose_name_plural = _("uses")


@admin.register(EntryCode)
class EntryCodeAdmin(MemberSearchMixin, ViewOnlyAdmin):
    """To answer who says that a code does not work: typed into the search, it is found, used or not."""

    list_display = ["shown_code", "batch", "shown_state", "member", "used_at"]
    list_filter = ["batch__program", ("batch", admin.RelatedFieldListFilter)]
    list_select_related = ["batch", "member"]
    search_help_text = _("The whole code, or the name, number, card, e-mail or phone of who entered it.")
    sortable_by = []
    inlines = [CodeUseInline]
    readonly_fields = ["shown_code", "state_text"]
    fields = ["shown_code", "batch", "state_text", "member", "used_at"]

    def get_search_results(self, request, queryset, search_term):
        found = queryset.filter(pk__in=queries.find_code(search_term).values("pk"))
        return (found, False) if found.exists() else super().get_search_results(request, queryset, search_term)

    @display(description=_("code"))
    def shown_code(self, code):
        return str(code)

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, code):
        return _state(code), STATES[_state(code)]

    @display(description=_("state"))
    def state_text(self, code):
        return STATES[_state(code)]


def _state(code):
    return "free" if code.activity_id is None else "used"
