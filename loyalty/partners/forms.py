"""What staff fill in about partners: money with decimals, days, references."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from loyalty.lib.money import exponent, to_minor


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


class PaymentForm(MoneyForm):
    paid_on = forms.DateField(label=_("Paid on"), widget=UnfoldAdminSingleDateWidget)
    field_order = ["paid_on", "amount", "reference"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = _("Above zero the partner paid, below zero it was paid.")
