"""What staff fill in about programs and stores."""

import zoneinfo

from django import forms
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from loyalty.programs.models import Program, Store


def time_zone_field(db_field):
    """A choice among all time zones for a column that holds a time zone's name."""
    zones = [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones()) if "/" in name]
    return forms.ChoiceField(
        label=capfirst(db_field.verbose_name),
        help_text=db_field.help_text,
        required=not db_field.blank,
        initial=db_field.default if db_field.has_default() else "",
        choices=[("UTC", "UTC"), *zones] if not db_field.blank else [("", "–"), ("UTC", "UTC"), *zones],
        widget=UnfoldAdminSelect2Widget,
    )


def _day(name):
    field = Program._meta.get_field(name)
    return forms.DateField(label=capfirst(field.verbose_name), widget=UnfoldAdminSingleDateWidget)


class FirstStoreForm(forms.ModelForm):
    """A store of a new program; without a code of its own its name gives one."""

    code = forms.SlugField(
        label=capfirst(Store._meta.get_field("code").verbose_name),
        required=False,
        max_length=Store._meta.get_field("code").max_length,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": _("from its name")}),
    )

    class Meta:
        model = Store
        fields = ["name", "code", "address"]
        widgets = {"address": UnfoldAdminTextInputWidget}

    def clean_code(self):
        code = self.cleaned_data["code"] or slugify(self.cleaned_data.get("name", ""))
        if not code:
            raise forms.ValidationError(forms.Field.default_error_messages["required"])
        return code[: self.fields["code"].max_length]


class ClosingForm(forms.Form):
    last_earning_date = _day("last_earning_date")
    last_redemption_date = _day("last_redemption_date")
    final_expiry_date = _day("final_expiry_date")


class ConfirmForm(forms.Form):
    confirmed = forms.BooleanField(label=_("Yes, the program goes on."))
