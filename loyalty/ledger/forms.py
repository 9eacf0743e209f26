"""What staff fill in to correct a balance: how many points, and why."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from loyalty.ledger.models import Entry

MOST_POINTS = 1_000_000_000


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=Entry._meta.get_field("reason").max_length,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("It stays with the entry; the member may be told."),
    )


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

    def clean_points(self):
        points = self.cleaned_data["points"]
        if not points:
            raise forms.ValidationError(_("An adjustment adds or takes at least one point."))
        return points
