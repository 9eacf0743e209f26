"""What a partner's file came to, and the differences that finance decides."""

from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import ExportMixin, VerbMixin, ViewOnlyAdmin, grouped, has_row
from loyalty.lib.money import money_text
from loyalty.partners import operations
from loyalty.partners.forms import DecisionForm, SettlementForm, in_minor_units
from loyalty.partners.models import Dispute, MatchedLine, StatementUpload

State = Dispute.State
RESULTS = {"matched": "success", "differing": "warning", "only_ours": "danger", "only_theirs": "danger"}
STATES = {"open": "warning", "accepted": "success", "rejected": "danger", "settled": "info"}
REFUSALS = (operations.PartnersError, ValidationError)
MATCHED = "admin:partners_matchedline_changelist"


@admin.register(StatementUpload)
class StatementUploadAdmin(ViewOnlyAdmin):
    list_display = ["uploaded_at", "statement", "name", "days", "shown_amount", "by"]
    list_filter = ["statement__partner"]
    list_select_related = ["statement__partner", "by"]
    sortable_by = []
    fields = ["statement", "name", "days", "shown_amount", "findings", "uploaded_at", "by"]
    readonly_fields = ["shown_amount", "findings"]

    @display(description=_("tolerance in the amount"))
    def shown_amount(self, upload):
        return money_text(upload.amount, upload.statement.currency)

    @display(description=_("findings"))
    def findings(self, upload):
        """How many of each; the number opens them."""
        counts = dict(upload.matched.order_by().values_list("result").annotate(Count("id")))
        rows = [
            (result.label, self._list(upload, result), grouped(counts[result.value]))
            for result in MatchedLine.Result
            if result.value in counts
        ]
        return format_html_join("", '<div>{}: <a class="text-primary-600 underline" href="{}">{}</a></div>', rows)

    def _list(self, upload, result):
        return f"{reverse(MATCHED)}?{urlencode({'upload__exact': upload.pk, 'result__exact': result.value})}"


@admin.register(MatchedLine)
class MatchedLineAdmin(ExportMixin, ViewOnlyAdmin):
    list_display = ["reference", "date", "shown_result", "row", "our_points", "our_amount", "points", "shown_amount"]
    list_filter = ["result"]
    list_select_related = ["line", "upload__statement"]
    sortable_by = []
    search_fields = ["reference"]
    ordering = ["pk"]
    fields = ["upload", "result", "reference", "date", "line", "our_points", "our_amount", "row", "points"]
    fields += ["shown_amount"]
    readonly_fields = ["our_points", "our_amount", "shown_amount"]
    export_fields = ["reference", "date", "result", "row", "line__points", "line__amount", "points", "amount"]

    @display(description=_("result"), label=RESULTS)
    def shown_result(self, matched):
        return matched.result, matched.get_result_display()

    @display(description=_("our points"))
    def our_points(self, matched):
        return grouped(matched.line and matched.line.points)

    @display(description=_("our amount"))
    def our_amount(self, matched):
        return money_text(matched.line and matched.line.amount, matched.upload.statement.currency)

    @display(description=_("their amount"))
    def shown_amount(self, matched):
        return money_text(matched.amount, matched.upload.statement.currency)


@admin.register(Dispute)
class DisputeAdmin(VerbMixin, ExportMixin, ViewOnlyAdmin):
    list_display = ["opened_at", "partner", "reference", "result", "points", "shown_amount", "shown_state"]
    list_filter = ["state", "matched__upload__statement__partner"]
    list_select_related = ["matched__upload__statement__partner"]
    sortable_by = []
    search_fields = ["matched__reference"]
    actions_detail = ["accept", "reject", "settle"]
    fields = ["partner", "state", "opening", "points", "shown_amount", "opened_at", "reason", "decided_at"]
    fields += ["decided_by", "correction"]
    readonly_fields = ["partner", "opening", "shown_amount"]
    export_fields = ["matched__upload__statement__partner__code", "matched__reference", "points", "amount", "state"]
    export_fields += ["reason", "decided_at"]

    def lookup_allowed(self, lookup, value, request):
        """A statement's disputes are opened from the partner's months."""
        return lookup == "matched__upload__statement__exact" or super().lookup_allowed(lookup, value, request)

    @display(description=_("partner"))
    def partner(self, dispute):
        return dispute.matched.upload.statement.partner

    @display(description=_("reference"))
    def reference(self, dispute):
        return dispute.matched.reference

    @display(description=_("result"), label=RESULTS)
    def result(self, dispute):
        return dispute.matched.result, dispute.matched.get_result_display()

    @display(description=_("state"), label=STATES)
    def shown_state(self, dispute):
        return dispute.state, dispute.get_state_display()

    @display(description=_("amount"))
    def shown_amount(self, dispute):
        return money_text(dispute.amount, dispute.matched.upload.statement.currency)

    @display(description=_("matched line"))
    def opening(self, dispute):
        link = reverse("admin:partners_matchedline_change", args=[dispute.matched_id])
        return format_html('<a class="text-primary-600 underline" href="{}">{}</a>', link, dispute.matched)

    def has_decide_permission(self, request, object_id=None):
        open_ones = Dispute.objects.filter(state=State.OPEN)
        return request.user.has_perm("partners.decide_dispute") and has_row(open_ones, object_id)

    @action(description=_("Accept their figures"), url_path="accept", permissions=["decide"], icon="check_circle")
    def accept(self, request, object_id):
        return self._decide(request, object_id, _("Accept their figures"), State.ACCEPTED)

    @action(description=_("Reject the difference"), url_path="reject", permissions=["decide"], icon="cancel")
    def reject(self, request, object_id):
        return self._decide(request, object_id, _("Reject the difference"), State.REJECTED)

    @action(description=_("Settle otherwise"), url_path="settle", permissions=["decide"], icon="handshake")
    def settle(self, request, object_id):
        return self._decide(request, object_id, _("Settle otherwise"), State.SETTLED, SettlementForm)

    def _decide(self, request, object_id, title, state, form_class=DecisionForm):
        def perform(dispute, data):
            currency = dispute.matched.upload.statement.currency
            amount = in_minor_units(data["amount"], currency) if "amount" in data else None
            terms = {"state": state, "reason": data["reason"], "amount": amount}
            operations.decide_dispute(dispute=dispute, at=timezone.now(), by=request.user, **terms)
            return gettext("The dispute is decided.")

        return self.act(request, object_id, title=title, form_class=form_class, perform=perform, refusals=REFUSALS)
