"""Making and replacing keys by hand."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from loyalty.api.models import ApiKey, validate_networks
from loyalty.api.operations import OVERLAP
from loyalty.api.scopes import Scope
from loyalty.lib.fields import TextListFormField
from loyalty.lib.forms import day_field
from loyalty.partners.models import Partner


class MakeKeyForm(forms.Form):
    partner = forms.ModelChoiceField(
        Partner.objects.filter(is_active=True), label=_("Partner"), widget=UnfoldAdminSelectWidget
    )
    name = forms.CharField(
        label=_("Name"), max_length=50, widget=UnfoldAdminTextInputWidget, help_text=_("What the key is for.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    environment = forms.ChoiceField(
        label=_("Environment"),
        choices=ApiKey.Environment.choices,
        initial=lambda: settings.API_ENVIRONMENT,
        widget=UnfoldAdminSelectWidget,
        help_text=ApiKey._meta.get_field("environment").help_text,
    )
    allowed_networks = TextListFormField(
        label=_("Allowed networks"),
        required=False,
        validators=[validate_networks],
        widget=UnfoldAdminTextInputWidget,
        help_text=ApiKey._meta.get_field("allowed_networks").help_text,
    )
    last_day = day_field(_("Last day"), _("Empty: it does not end by itself."))

    def clean_last_day(self):
        last_day = self.cleaned_data["last_day"]
        if last_day and last_day < timezone.localdate():
            raise forms.ValidationError(_("The last day lies in the past."))
        return last_day


class RotateForm(forms.Form):
    days = forms.IntegerField(
        label=_("Days during which the old key still works"),
        min_value=0,
        max_value=90,
        initial=OVERLAP.days,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Time for the partner to change over."),
    )


class RevokeForm(forms.Form):
    """Nothing to fill in: the question is asked, and that is all."""
