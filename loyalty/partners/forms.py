"""What staff fill in about partners: money with decimals, days, references."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from loyalty.lib.forms import reason_field
from loyalty.lib.money import exponent, to_minor
from loyalty.partners.models import Dispute, Statement


def in_minor_units(amount, currency):
    """Raises `ValidationError` where the amount has more decimals than the money."""
    try:
        return to_minor(amount, currency)
    except ValueError:
        message = _("%(currency)s has no more than %(decimals)s decimals.")
        raise ValidationError(message, params={"currency": currency, "decimals": exponent(currency)}) from None


class MoneyForm(forms.Form):
    amount = forms.DecimalField(
        label=_("Amount"), max_digits=15, widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"})
    )
    reference = forms.CharField(label=_("Reference"), max_length=50, widget=UnfoldAdminTextInputWidget)


class PackForm(MoneyForm):
    points = forms.IntegerField(label=_("Points bought"), min_value=1, widget=UnfoldAdminIntegerFieldWidget)
    field_order = ["points", "amount", "reference"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = _("Price")
        self.fields["amount"].min_value = 0


class FileForm(forms.Form):
    """The partner's own list of a month."""

    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,text/csv"}),
        help_text=_("CSV with the columns reference, date, points, amount, as in our own file of the statement."),
    )
    days = forms.IntegerField(
        label=_("Tolerance in days"), min_value=0, max_value=31, initial=1, widget=UnfoldAdminIntegerFieldWidget
    )
    amount = forms.DecimalField(
        label=_("Tolerance in the amount"),
        min_value=0,
        max_digits=15,
        initial=0,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
    )


class DecisionForm(forms.Form):
    reason = reason_field(longest=Dispute._meta.get_field("reason").max_length)


class SettlementForm(DecisionForm):
    amount = forms.DecimalField(
        label=_("Amount by which our side changes"),
        max_digits=15,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
        help_text=_("Above zero the partner owes it."),
    )
    field_order = ["amount", "reason"]


class IssueForm(forms.Form):
    day = forms.DateField(
        label=_("A day of the month"),
        widget=UnfoldAdminSingleDateWidget,
        help_text=_("The month must be over. What is recorded later falls into the next statement."),
    )
    reason = reason_field(longest=Statement._meta.get_field("reason").max_length)


class PaymentForm(MoneyForm):
    paid_on = forms.DateField(label=_("Paid on"), widget=UnfoldAdminSingleDateWidget)
    field_order = ["paid_on", "amount", "reference"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = _("Above zero the partner paid, below zero it was paid.")
