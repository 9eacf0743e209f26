"""Forms as people fill them in: money with decimals, days instead of moments, and the reason for what is undone.

Tables keep minor units and half-open moments; these forms translate and decide nothing.
"""

from collections.abc import Sequence
from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from loyalty.lib.money import exponent, to_decimal, to_minor
from loyalty.lib.periods import ONE_DAY, local_date, start_of_day

INSTANT = timedelta(microseconds=1)


def reason_field(longest: int) -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        max_length=longest,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("It is kept with your name."),
    )


def money_field(label, **options) -> forms.DecimalField:
    """For a column in minor units; name it in the form's `money`."""
    widget = UnfoldAdminDecimalFieldWidget(attrs={"step": "any"})
    return forms.DecimalField(label=label, min_value=0, max_digits=15, widget=widget, **options)


def day_field(label, help_text="") -> forms.DateField:
    return forms.DateField(label=label, required=False, help_text=help_text, widget=UnfoldAdminSingleDateWidget)


class ProgramRowForm(forms.ModelForm):
    """A row of a program that holds amounts (`money`) or is valid from a first to a last day of the program's zone.

    `first_day` and `last_day` stand for the columns `valid_from` and `valid_to`, for forms that have them.
    """

    money: Sequence[str] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            return
        for name in self._money_shown():
            minor = getattr(self.instance, name)
            self.initial[name] = None if minor is None else to_decimal(minor, self.instance.program.money_currency)
            self.fields[name].help_text = self.instance.program.money_currency
        if "last_day" in self.fields:
            self._show_days(self.instance, self.instance.program.tzinfo)

    def _money_shown(self):
        return [name for name in self.money if name in self.fields]

    def _show_days(self, row, tz):
        self.initial["first_day"] = local_date(row.valid_from, tz) if row.valid_from else None
        self.initial["last_day"] = local_date(row.valid_to - INSTANT, tz) if row.valid_to else None

    @property
    def program(self):
        """The program that the row has or is about to get; None while it is not chosen."""
        return self.instance.program if self.instance.pk else self.cleaned_data.get("program")

    def clean(self):
        data = super().clean()
        if self.program:
            self._keep_minor_units(data, self.program.money_currency)
            if "last_day" in self.fields:
                self._keep_moments(data, self.program.tzinfo)
        return data

    def _keep_minor_units(self, data, currency):
        for name in self._money_shown():
            if data.get(name) is None:
                continue
            try:
                data[name] = to_minor(data[name], currency)
            except ValueError:
                message = _("%(currency)s has no more than %(decimals)s decimals.")
                self.add_error(name, str(message) % {"currency": currency, "decimals": exponent(currency)})

    def _keep_moments(self, data, tz):
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day cannot come before the first."))
            return
        self.instance.valid_from = start_of_day(first, tz) if first else None
        self.instance.valid_to = start_of_day(last + ONE_DAY, tz) if last else None
