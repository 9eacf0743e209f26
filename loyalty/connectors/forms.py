"""What staff fill in about connections. A secret is typed and never shown again."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from loyalty.connectors import catalogue
from loyalty.connectors.catalogue import Name
from loyalty.connectors.generic.mapping import FIELDS, NEEDED
from loyalty.connectors.models import Connection
from loyalty.connectors.signing import is_public_key
from loyalty.lib.outbound import fault_of
from loyalty.programs.models import Store
from members.queries import LookupRefused, lookup
from members.references import MemberRef

ROWS = 10
LEAVE = _("Stored; leave empty to keep it.")


class MappingField(forms.CharField):
    """Lines such as `amount = order.total`."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": ROWS, "class": "font-mono", "spellcheck": "false"})

    def prepare_value(self, value):
        return "\n".join(f"{name} = {path}" for name, path in value.items()) if isinstance(value, dict) else value

    def to_python(self, value):
        lines = [line.partition("=") for line in (value or "").splitlines() if line.strip()]
        mapping = {name.strip(): path.strip() for name, _equals, path in lines}
        for name, path in mapping.items():
            if name not in FIELDS:
                raise ValidationError(
                    gettext("“%(name)s” is no field; there are: %(fields)s.")
                    % {"name": name, "fields": ", ".join(FIELDS)}
                )
            if not path:
                raise ValidationError(gettext("Say where “%(name)s” stands in the message.") % {"name": name})
        return mapping

    def has_changed(self, initial, data):
        return (initial or {}) != self.to_python(data)


class ConnectionForm(forms.ModelForm):
    secret = forms.CharField(
        label=_("secret"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
    )
    token = forms.CharField(
        label=_("token of its API"),
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )
    api_url = forms.URLField(
        label=_("address of its API"),
        required=False,
        assume_scheme="https",
        widget=UnfoldAdminURLInputWidget,
        help_text=Connection._meta.get_field("api_url").help_text,
    )
    mapping = MappingField(
        label=_("fields"),
        required=False,
        help_text=_("One per line, such as “amount = order.total”; a text in quotes stands for itself."),
    )

    class Meta:
        model = Connection
        fields = [
            "program",
            "connector",
            "name",
            "store",
            "channel",
            "enrols",
            "takes_consents",
            "is_active",
            "mapping",
            "api_url",
            "api_user",
            "sends_vouchers",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)
        if "secret" in self.fields and self.instance.pk:
            self.fields["secret"].help_text = f"{LEAVE} {catalogue.EXAMPLE[self.instance.connector]}"
        if "token" in self.fields and self.instance.sealed_token:
            self.fields["token"].help_text = LEAVE
        if "store" in self.fields and self.instance.pk:
            self.fields["store"].queryset = Store.objects.filter(program=self.instance.program)

    def clean_api_url(self):
        url = self.cleaned_data["api_url"]
        if url and fault_of(url):
            raise ValidationError(_("This address cannot be used: it must begin with https:// and name a server."))
        return url

    def clean(self):
        data = super().clean()
        connector = self.instance.connector if self.instance.pk else data.get("connector")
        program = self.instance.program if self.instance.pk else data.get("program")
        secret = data.get("secret", "")
        if not secret and not self.instance.sealed_secret:
            self.add_error("secret", _("Without a secret nothing is accepted."))
        if connector == Name.MAGENTO and secret and not is_public_key(secret.replace("\r", "")):
            self.add_error("secret", _("This is no RSA public key of 2048 bits or more."))
        if data.get("store") and program and data["store"].program_id != program.pk:
            self.add_error("store", _("This store belongs to another program."))
        if connector == Name.GENERIC and "mapping" not in self.errors:
            missing = [name for name in NEEDED if name not in (data.get("mapping") or {})]
            if missing:
                self.add_error("mapping", gettext("Missing: %(fields)s.") % {"fields": ", ".join(missing)})
        return data


class GiveForm(forms.Form):
    member = forms.CharField(
        label=_("Member"),
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Number, card, e-mail or phone of the member."),
    )

    def clean_member(self):
        try:
            return lookup(MemberRef("any", self.cleaned_data["member"]))
        except LookupRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
