"""Staff record by hand what no till sent, and refund what a till cannot: the same verbs as every other door."""

import uuid
from datetime import datetime

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextInputWidget

from loyalty.earning import operations
from loyalty.earning.models import Kind
from loyalty.ledger.currencies import Currency, shown
from loyalty.ledger.forms import figure_field, keep_figures
from loyalty.lib.admin import grouped
from loyalty.lib.fields import TextListFormField
from loyalty.lib.forms import money_field
from loyalty.lib.money import to_minor
from loyalty.programs.models import Program, Store

SOURCE = "admin"
PERMISSION = "earning.add_activity"
FIELDS = frozenset(["occurred_at", "amount", "store", "member", "vouchers", "redeem_points", "redeem_currency"])


class KeyForm(forms.Form):
    """`key` is drawn when the form is shown, so that the same form sent twice records once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def refuse(self, refused: operations.ActivityRefused) -> None:
        field = refused.field if refused.field in FIELDS and refused.field in self.fields else None
        self.add_error(field, refused.message)

    def minor(self, program: Program) -> int | None:
        """The amount in minor units; None with an error at its field where it has too many decimals."""
        amount = self.cleaned_data["amount"]
        try:
            return None if amount is None else to_minor(amount, program.money_currency)
        except ValueError:
            self.add_error("amount", gettext("This money has fewer decimals."))
            return None


class RecordForm(KeyForm):
    program = forms.ModelChoiceField(Program.objects.all(), label=_("Program"), widget=UnfoldAdminSelectWidget)
    member = forms.CharField(
        label=_("Member"),
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Card, member number, e-mail or phone."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[choice for choice in Kind.choices if choice[0] not in (Kind.REFUND, Kind.SIGN_UP)],
        widget=UnfoldAdminSelectWidget,
    )
    amount = money_field(_("Amount"), required=False, help_text=_("Empty where nothing was paid."))
    occurred_at = forms.SplitDateTimeField(
        label=_("Occurred"), widget=UnfoldAdminSplitDateTimeWidget, initial=timezone.now
    )
    store = forms.ModelChoiceField(
        Store.objects.filter(is_active=True), label=_("Store"), required=False, widget=UnfoldAdminSelectWidget
    )

    vouchers = TextListFormField(
        label=_("Vouchers used"),
        required=False,
        help_text=_("Codes, separated by commas. The amount is what is left to be paid after them."),
        widget=UnfoldAdminTextInputWidget,
    )
    redeem_points = figure_field(
        _("Points to pay with"), required=False, help_text=_("They pay a part of the amount: 100 points, or 2.50.")
    )
    redeem_currency = forms.ChoiceField(
        label=_("Paid with"), choices=Currency.choices, required=False, widget=UnfoldAdminSelectWidget
    )

    def clean(self):
        data = super().clean()
        data["redeem_currency"] = data.get("redeem_currency") or Currency.POINTS.value
        if program := data.get("program"):
            keep_figures(self, ["redeem_points"], data["redeem_currency"], program.money_currency)
        return data

    def record(self, by) -> operations.Recorded | None:
        data = self.cleaned_data
        amount = self.minor(data["program"])
        if self.errors:
            return None
        try:
            return operations.record_activity(
                program=data["program"],
                source=SOURCE,
                activity=operations.ActivityInput(
                    external_id=str(data["key"]),
                    member=operations.MemberRef("any", data["member"]),
                    kind=data["kind"],
                    occurred_at=data["occurred_at"],
                    amount=amount or 0,
                    store=data["store"].code if data["store"] else "",
                    vouchers=tuple(data["vouchers"]),
                    redeem_points=data["redeem_points"] or 0,
                    redeem_currency=data["redeem_currency"],
                ),
                at=timezone.now(),
                by=by,
            )
        except operations.ActivityRefused as refused:
            self.refuse(refused)
            return None


class RefundForm(KeyForm):
    amount = money_field(_("Amount"), required=False, help_text=_("Empty: all that is left of the purchase."))


class RecordMixin:
    """For the admin of activities: “record an activity” above the list, “refund” on a purchase."""

    actions_detail = ["refund"]

    def has_record_permission(self, request, object_id=None):
        return request.user.has_perm(PERMISSION)

    @action(description=_("Record an activity"), url_path="record", permissions=["record"], icon="add_task")
    def record(self, request):
        form = RecordForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and (recorded := form.record(request.user)):
            messages.success(request, told(recorded, form.cleaned_data["program"]))
            return redirect("admin:earning_activity_change", recorded.activity_id)
        context = self.admin_site.each_context(request)
        context |= {"title": _("Record an activity"), "opts": self.opts, "form": form}
        return TemplateResponse(request, "admin/act.html", context)

    def get_actions_detail(self, request, object_id):
        activity = self.get_object(request, object_id)
        is_refund = activity is not None and activity.kind == Kind.REFUND
        return [] if is_refund else super().get_actions_detail(request, object_id)

    @action(description=_("Refund"), url_path="refund", permissions=["record"], icon="undo")
    def refund(self, request, object_id):
        return self.act(
            request,
            object_id,
            title=_("Refund"),
            form_class=RefundForm,
            perform=lambda activity, data: told(
                _refund(activity, data, timezone.now(), request.user), activity.program
            ),
            refusals=operations.ActivityRefused,
        )


def _refund(activity, data, at: datetime, by) -> operations.Recorded:
    """The refund belongs to the purchase's own source, where its number is known."""
    currency = activity.program.money_currency
    return operations.refund_activity(
        program=activity.program,
        source=activity.source,
        external_id=f"refund:{data['key']}",
        refunds=activity.external_id,
        member=operations.MemberRef("id", str(activity.member_id)),
        amount=None if data["amount"] is None else to_minor(data["amount"], currency),
        at=at,
        by=by,
    )


def told(recorded: operations.Recorded, program: Program) -> str:
    """What came of it, each currency in words of its own."""
    points = {"points": grouped(abs(recorded.granted))}
    if recorded.granted < 0:
        texts = [gettext("Recorded: %(points)s points were taken back.") % points]
    else:
        texts = [gettext("Recorded: %(points)s points were earned.") % points]
    for currency, amount in sorted(recorded.also.items()):
        words = {"amount": shown(abs(amount), currency, program.money_currency)}
        taken = gettext("Cash-back taken back: %(amount)s.") % words
        texts.append(taken if amount < 0 else gettext("Cash-back earned: %(amount)s.") % words)
    return " ".join(texts)
