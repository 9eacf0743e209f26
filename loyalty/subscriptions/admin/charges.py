"""Charges and refunds, to be read; a payment is taken and money given back by verbs that say how much. Receipts."""

from functools import partial

from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from loyalty.lib.admin import (
    ExportMixin,
    MemberSearchMixin,
    StoreScopedMixin,
    VerbMixin,
    ViewOnlyAdmin,
    ViewOnlyInline,
    has_row,
)
from loyalty.lib.money import money_text
from loyalty.subscriptions import operations, sentences
from loyalty.subscriptions.admin.verbs import REFUSALS
from loyalty.subscriptions.admin.words import CHARGE_COLOURS, without_empty
from loyalty.subscriptions.forms import RefundForm, TakePaymentForm
from loyalty.subscriptions.models import Attempt, Charge, ChargeRefund, GatewayNotice
from loyalty.subscriptions.operations import Share

MEMBERS = _("Name, number, card, e-mail or phone of the member.")


class AttemptInline(ViewOnlyInline):
    model = Attempt
    fields = ["number", "asked_at", "state", "shown_problem", "reference"]
    readonly_fields = fields
    show_change_link = False

    @display(description=_("problem"))
    def shown_problem(self, attempt):
        return sentences.problem(attempt.problem) or "–"


class RefundInline(ViewOnlyInline):
    model = ChargeRefund
    fields = ["asked_at", "shown_amount", "state", "reason", "by"]
    readonly_fields = fields
    show_change_link = False

    @display(description=_("amount"))
    def shown_amount(self, refund):
        return money_text(refund.amount, refund.charge.currency)


@admin.register(Charge)
class ChargeAdmin(StoreScopedMixin, VerbMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    store_lookup = "member__enrolments__store"
    list_display = ["shown_period", "member", "plan", "shown_amount", "shown_state", "paid_at", "receipt_number"]
    list_filter = ["program", "state", "plan"]
    list_select_related = ["member", "plan", "program"]
    search_help_text = MEMBERS
    sortable_by = []
    inlines = [AttemptInline, RefundInline]
    actions_detail = ["receipt", "take_payment", "refund"]
    readonly_fields = [
        "shown_period",
        "shown_amount",
        "shown_credit",
        "state_text",
        "shown_problem",
        "shown_gateway",
        "shown_refunded",
        "shown_credited",
    ]
    fieldsets = [
        (None, {"fields": ["member", "program", "subscription", "plan", "shown_period", "state_text"]}),
        (_("Amount"), {"fields": ["shown_amount", "shown_credit", "shown_refunded", "shown_credited"]}),
        (_("Payment"), {"fields": ["receipt_number", "paid_at", "shown_gateway", "reference", "store", "taken_by"]}),
        (_("Problem"), {"fields": ["shown_problem"]}),
    ]
    export_fields = ["id", "program__code", "member__number", "plan__code", "period_start", "period_end", "amount"]
    export_fields += ["credit", "currency", "state", "paid_at", "paid_through", "receipt_number", "refunded"]
    export_fields += ["credited"]
    OF_THE_ROW = {
        "shown_credit": "credit",
        "shown_refunded": "refunded",
        "shown_credited": "credited",
        "shown_problem": "problem",
        "shown_gateway": "paid_through",
    }

    def get_fieldsets(self, request, obj=None):
        """Without what does not apply, such as a credit of nothing."""
        kept = []
        for title, options in without_empty(super().get_fieldsets(request, obj), obj):
            fields = [name for name in options["fields"] if getattr(obj, self.OF_THE_ROW.get(name, ""), True)]
            if fields:
                kept.append((title, options | {"fields": fields}))
        return kept

    @display(description=_("period"))
    def shown_period(self, charge):
        return sentences.period(charge.period_start, charge.period_end)

    @display(description=_("amount"))
    def shown_amount(self, charge):
        return money_text(charge.amount, charge.currency)

    @display(description=_("credit for unused days"))
    def shown_credit(self, charge):
        return money_text(charge.credit, charge.currency)

    @display(description=_("refunded"))
    def shown_refunded(self, charge):
        return money_text(charge.refunded, charge.currency)

    @display(description=_("credited to a later charge"))
    def shown_credited(self, charge):
        return money_text(charge.credited, charge.currency)

    @display(description=_("state"), label=CHARGE_COLOURS)
    def shown_state(self, charge):
        return charge.state, charge.get_state_display()

    @display(description=_("state"))
    def state_text(self, charge):
        return charge.get_state_display()

    @display(description=_("problem"))
    def shown_problem(self, charge):
        return sentences.problem(charge.problem)

    @display(description=_("paid through"))
    def shown_gateway(self, charge):
        return sentences.gateway(charge.paid_through)

    def has_collect_permission(self, request, object_id=None):
        """Whether a payment can be taken: with the right to, and of a charge that waits for one."""
        return self._may(request) and (object_id is None or has_row(Charge.objects.open(), object_id))

    def has_give_back_permission(self, request, object_id=None):
        return self._may(request) and (object_id is None or has_row(Charge.objects.paid(), object_id))

    def has_print_permission(self, request, object_id=None):
        paid = Charge.objects.filter(receipt_number__isnull=False)
        return self.has_view_permission(request) and (object_id is None or has_row(paid, object_id))

    def _may(self, request):
        return request.user.has_perm("subscriptions.change_charge")

    @action(description=_("Receipt"), url_path="receipt", permissions=["print"], icon="receipt")
    def receipt(self, request, object_id):
        charge = self.get_object(request, object_id)
        if charge is None or charge.receipt_number is None:
            raise Http404
        context = {
            "charge": charge,
            "program": charge.program,
            "period": sentences.period(charge.period_start, charge.period_end),
            "paid_on": date_format(charge.paid_at.astimezone(charge.program.tzinfo)),
            "gateway": sentences.gateway(charge.paid_through),
            "lines": list(sentences.receipt_lines(charge)),
        }
        return TemplateResponse(request, "admin/subscriptions/receipt.html", context)

    @action(description=_("Take the payment"), url_path="take", permissions=["collect"], icon="payments")
    def take_payment(self, request, object_id):
        charge = self.get_object(request, object_id)

        def perform(charge, data):
            paid = operations.take_payment(charge=charge, store=data["store"], at=timezone.now(), by=request.user)
            return gettext("Paid: receipt %(number)s.") % {"number": paid.receipt_number}

        amount = charge and money_text(charge.amount, charge.currency)
        return self.act(
            request,
            object_id,
            title=_("Take the payment"),
            form_class=partial(TakePaymentForm, program=charge and charge.program),
            perform=perform,
            refusals=REFUSALS,
            explanation=charge and gettext("The member pays %(amount)s at the till.") % {"amount": amount},
        )

    @action(description=_("Give money back"), url_path="refund", permissions=["give_back"], icon="undo")
    def refund(self, request, object_id):
        charge, at = self.get_object(request, object_id), timezone.now()

        def perform(charge, data):
            refund = operations.refund_charge(
                charge=charge, share=data["way"], reason=data["reason"], at=at, by=request.user
            )
            if refund.state == ChargeRefund.State.FAILED:
                return gettext("The payment provider refused: %(problem)s.") % {"problem": refund.problem}
            return gettext("%(amount)s go back.") % {"amount": money_text(refund.amount, charge.currency)}

        return self.act(
            request,
            object_id,
            title=_("Give money back"),
            form_class=partial(RefundForm, ways=_ways(charge, at) if charge else []),
            perform=perform,
            refusals=REFUSALS,
            explanation=gettext("The subscription goes on: cancel it where it should not."),
        )


def _ways(charge, at):
    texts = {
        Share.PRO_RATA: gettext("%(amount)s, for the days that are left"),
        Share.FULL: gettext("%(amount)s, all that is left of the charge"),
    }
    ways = []
    for share, text in texts.items():
        try:
            amount = operations.to_give_back(charge, share, at)
        except operations.SubscriptionRefused:
            continue
        ways.append((share.value, text % {"amount": money_text(amount, charge.currency)}))
    return ways


@admin.register(ChargeRefund)
class ChargeRefundAdmin(StoreScopedMixin, MemberSearchMixin, ExportMixin, ViewOnlyAdmin):
    store_lookup = "member__enrolments__store"
    list_display = ["asked_at", "member", "shown_amount", "state", "reason", "by"]
    list_filter = ["program", "state"]
    list_select_related = ["member", "charge", "by"]
    search_help_text = MEMBERS
    sortable_by = []
    readonly_fields = ["shown_amount"]
    fields = ["member", "program", "charge", "shown_amount", "state", "reason", "by", "asked_at", "done_at"]
    export_fields = ["id", "program__code", "member__number", "charge__receipt_number", "amount", "charge__currency"]
    export_fields += ["state", "reason", "asked_at", "done_at"]

    @display(description=_("amount"))
    def shown_amount(self, refund):
        return money_text(refund.amount, refund.charge.currency)


@admin.register(GatewayNotice)
class GatewayNoticeAdmin(ViewOnlyAdmin):
    list_display = ["received_at", "gateway", "kind", "result", "charge"]
    list_filter = ["gateway", "result"]
    list_select_related = ["charge__subscription__member", "charge__subscription__plan"]
    sortable_by = []
    fields = ["received_at", "gateway", "kind", "notice_id", "result", "charge"]
