"""What staff fill in: how much a balance is corrected by, and why; figures that are points or cash-back."""

import uuid
from collections.abc import Iterable
from decimal import Decimal

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from loyalty.ledger.currencies import CASHBACK
from loyalty.ledger.models import Account, Entry
from loyalty.lib.money import exponent, to_decimal, to_minor
from members.forms import MemberField

MOST_POINTS = 1_000_000_000


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=Entry._meta.get_field("reason").max_length,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("It stays with the entry; the member may be told."),
    )


def figure_field(label, **options) -> forms.DecimalField:
    """For a column that holds points, or minor units where the row's currency is cash-back."""
    widget = UnfoldAdminDecimalFieldWidget(attrs={"step": "any"})
    return forms.DecimalField(label=label, min_value=0, max_digits=15, widget=widget, **options)


def figure_shown(value: int | None, currency: str, money: str):
    return to_decimal(value, money) if currency == CASHBACK and value is not None else value


def keep_figures(form: forms.Form, names: Iterable[str], currency: str, money: str) -> None:
    """Turn what was typed in these fields into whole points or minor units; what cannot be gets an error there."""
    for name in names:
        typed = form.cleaned_data.get(name)
        if typed is None:
            continue
        try:
            form.cleaned_data[name] = as_kept(typed, currency, money)
        except ValueError as refusal:
            form.add_error(name, str(refusal))


def as_kept(typed: Decimal, currency: str, money: str) -> int:
    """Whole points or minor units. Raises `ValueError` with the sentence for whoever typed too many decimals."""
    if currency == CASHBACK:
        try:
            return to_minor(typed, money)
        except ValueError:
            text = gettext("%(currency)s has no more than %(decimals)s decimals.")
            raise ValueError(text % {"currency": money, "decimals": exponent(money)}) from None
    if typed != typed.to_integral_value():
        raise ValueError(gettext("Points are whole numbers."))
    return int(typed)


class AdjustForm(ReasonForm):
    """`key` is drawn when the form is shown, so that the same form sent twice adjusts once."""

    points = forms.IntegerField(
        label=_("Points"),
        min_value=-MOST_POINTS,
        max_value=MOST_POINTS,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Points to add, or to take with a minus sign."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    field_order = ["points", "reason"]

    def __init__(self, *args, account: Account, **kwargs):
        super().__init__(*args, **kwargs)
        self._account = account
        if account.currency == CASHBACK:
            self.fields["points"] = forms.DecimalField(
                label=_("Amount"),
                min_value=-MOST_POINTS,
                max_value=MOST_POINTS,
                widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
                help_text=_("Cash-back to add, or to take with a minus sign."),
            )
            self.order_fields(self.field_order)

    def clean_points(self):
        points = self.cleaned_data["points"]
        if not points:
            raise forms.ValidationError(_("An adjustment adds or takes at least one point."))
        try:
            return as_kept(Decimal(points), self._account.currency, self._account.program.money_currency)
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal)) from None


class TransferForm(ReasonForm):
    """`key` is drawn when the form is shown, so that the same form sent twice transfers once."""

    member = MemberField(
        label=_("Recipient"), help_text=_("Number, card, e-mail or phone of the member who gets them.")
    )
    points = forms.IntegerField(
        label=_("Points"), min_value=1, max_value=MOST_POINTS, widget=UnfoldAdminIntegerFieldWidget
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    field_order = ["member", "points", "reason"]
