"""Codes made ahead: a batch is asked for, made by a job, taken out once as CSV, withdrawn where it got lost."""

from django.contrib import admin, messages
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.jobs import queries as jobs
from loyalty.lib.admin import ModelAdmin, NoDeleteMixin, VerbMixin, csv_lines, grouped, has_row
from loyalty.lib.wording import named
from rewards import operations, queries, sentences
from rewards.admin.vouchers import STATES
from rewards.forms import TakeOutForm, VoucherBatchForm, WithdrawForm
from rewards.models import VoucherBatch
from rewards.operations.batches import JOB

STATE_COLOURS = {"making": "info", "ready": "warning", "listed": "success", "withdrawn": "danger"}
ASKED = ["program", "name", "reward", "quantity", "uses_allowed", "one_per_member", "last_day"]
CODES = ["quantity", "uses_allowed", "one_per_member", "expires_at", "figures"]
DONE = ["created_at", "by", "listed_at", "listed_by", "withdrawn_at", "withdrawn_by", "withdrawn_reason"]
COLUMNS = ["code", "batch__name", "reward__code", "expires_at"]
STANDING = (VoucherBatch.State.MAKING, VoucherBatch.State.READY, VoucherBatch.State.LISTED)


@admin.register(VoucherBatch)
class VoucherBatchAdmin(VerbMixin, NoDeleteMixin, ModelAdmin):
    form = VoucherBatchForm
    list_display = ["name", "program", "reward", "shown_quantity", "shown_state", "created_at", "expires_at"]
    list_filter = ["program", "state"]
    list_select_related = ["program", "reward"]
    search_fields = ["name"]
    autocomplete_fields = ["program", "reward"]
    actions_detail = ["take_out", "withdraw"]
    readonly_fields = ["gift", "progress", "figures"]
    sortable_by = []

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ASKED})]
        return [
            (None, {"fields": ["name", "program", "reward", "gift", "state", "progress"]}),
            (_("Codes"), {"fields": CODES}),
            (_("What was done"), {"fields": [name for name in DONE if getattr(obj, name)]}),
        ]

    def has_change_permission(self, request, obj=None):
        """The verbs change a batch, a form does not; who may withdraw one has the permission all the same."""
        return False

    def add_view(self, request, form_url="", extra_context=None):
        """The form refuses what it can see; what somebody took from the stock a moment ago is refused here."""
        try:
            return super().add_view(request, form_url, extra_context)
        except operations.RewardsError as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:rewards_voucherbatch_add")

    def save_model(self, request, obj, form, change):
        saved = operations.create_voucher_batch(at=timezone.now(), by=request.user, **form.terms)
        # The admin goes on with the row that it built from the form.
        obj.__dict__.update(saved.__dict__)

    @display(description=_("number of codes"))
    def shown_quantity(self, batch):
        return grouped(batch.quantity)

    @display(description=_("state"), label=STATE_COLOURS)
    def shown_state(self, batch):
        return batch.state, batch.get_state_display()

    @display(description=_("gives"))
    def gift(self, batch):
        return sentences.gift(batch.reward)

    @display(description=_("made so far"))
    def progress(self, batch):
        """How many of how many, and the way to the job that makes them."""
        shown = gettext("%(made)s of %(quantity)s") % {
            "made": grouped(batch.made),
            "quantity": grouped(batch.quantity),
        }
        job = jobs.find(name=JOB, scope=batch.program.code, period=str(batch.pk))
        return (
            format_html('<a href="{}">{}</a>', reverse("admin:jobs_job_change", args=[job.pk]), shown) if job else shown
        )

    @display(description=_("codes by state"))
    def figures(self, batch):
        """Each number opens the list of what it counts."""
        address = f"{reverse('admin:rewards_voucher_changelist')}?batch__id__exact={batch.pk}&state="
        counted = queries.batch_figures(batch=batch, at=timezone.now())
        links = [(address + state, named(STATES[state], grouped(count))) for state, count in counted.items()]
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "–"

    def _is(self, object_id, *states):
        return has_row(VoucherBatch.objects.filter(state__in=states), object_id)

    def has_list_permission(self, request, object_id=None):
        return request.user.has_perm("rewards.list_voucherbatch") and self._is(object_id, VoucherBatch.State.READY)

    def has_withdraw_permission(self, request, object_id=None):
        return request.user.has_perm("rewards.change_voucherbatch") and self._is(object_id, *STANDING)

    @action(description=_("Take out the codes"), url_path="codes", permissions=["list"], icon="download")
    def take_out(self, request, object_id):
        """The page says that it is once; what it answers is the file itself."""
        taken = []

        def perform(batch, data):
            taken.append(operations.take_out_codes(batch=batch, at=timezone.now(), by=request.user))

        answer = self.act(
            request,
            object_id,
            title=_("Take out the codes"),
            form_class=TakeOutForm,
            perform=perform,
            refusals=operations.RewardsError,
        )
        return _codes(taken[0]) if taken else answer

    @action(description=_("Withdraw the whole batch"), url_path="withdraw", permissions=["withdraw"], icon="block")
    def withdraw(self, request, object_id):
        def perform(batch, data):
            count = operations.withdraw_voucher_batch(
                batch=batch, reason=data["reason"], at=timezone.now(), by=request.user
            )
            told = ngettext("%(n)s code is worth nothing now.", "%(n)s codes are worth nothing now.", count)
            return told % {"n": grouped(count)}

        return self.act(
            request,
            object_id,
            title=_("Withdraw the whole batch"),
            form_class=WithdrawForm,
            perform=perform,
            refusals=operations.RewardsError,
        )


def _codes(batch):
    return StreamingHttpResponse(
        csv_lines(batch.vouchers.order_by("pk"), COLUMNS),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="vouchers-{batch.pk}.csv"'},
    )
