"""What staff fill in about endpoints."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextareaWidget, UnfoldAdminURLInputWidget

from loyalty.webhooks.models import Endpoint
from loyalty.webhooks.models.endpoint import validate_address


class EndpointForm(forms.ModelForm):
    url = forms.URLField(
        label=_("address"),
        max_length=300,
        assume_scheme="https",
        validators=[validate_address],
        widget=UnfoldAdminURLInputWidget,
    )
    key = forms.CharField(
        label=_("key of the tool"),
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("The write key of the source. Our own secrets are made here and shown once."),
    )

    class Meta:
        model = Endpoint
        fields = ["partner", "program", "name", "url", "format", "kinds", "is_active"]
        widgets = {"kinds": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)

    def clean(self):
        data = super().clean()
        speaks = self.instance.format if self.instance.pk else data.get("format")
        if speaks == Endpoint.Format.SEGMENT and not data.get("key") and not self.instance.pk:
            self.add_error("key", _("Enter the key that the tool gives out for this source."))
        return data
