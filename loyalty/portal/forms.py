"""What people type on the members' pages."""

from datetime import date

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns import sms
from loyalty.portal.people import as_address
from members.models import Consent, Member

OLDEST = date(1900, 1, 1)


class AddressField(forms.CharField):
    """An e-mail or, where this installation can text, a phone number; as the tables keep it."""

    def __init__(self, **options):
        super().__init__(max_length=254, **options)

    def of(self, program):
        self.program, self.takes_phones = program, sms.is_offered()
        self.label = _("E-mail or mobile number") if self.takes_phones else _("E-mail")
        self.widget.input_type = "text" if self.takes_phones else "email"
        self.widget.attrs |= {"autocomplete": "username" if self.takes_phones else "email", "autocapitalize": "none"}
        self.widget.attrs |= {"spellcheck": "false"}

    def clean(self, value):
        address = as_address(super().clean(value), self.program)
        if "@" in address:
            validate_email(address)
        elif not address or not self.takes_phones:
            raise ValidationError(
                _("Enter an e-mail such as ana@example.com or a phone number such as 06 12 34 56 78.")
                if self.takes_phones
                else _("Enter an e-mail such as ana@example.com.")
            )
        return address


class ClubForm(forms.Form):
    """Errors are tied to their fields for who cannot see them (Django does so for fields with their ids)."""

    required_css_class = "required"

    def __init__(self, *args, program, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.program = program
        if "address" in self.fields:
            self.fields["address"].of(program)
        for field in self.fields.values():
            if not field.required:
                field.label = _("%(field)s (optional)") % {"field": field.label}


class SignInForm(ClubForm):
    address = AddressField()


class CodeForm(ClubForm):
    digits = forms.CharField(
        label=_("The six digits"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "digits", "autofocus": True}
        ),
    )


class EntryForm(ClubForm):
    """A code from a receipt, a pack, a lid."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class HowManyForm(ClubForm):
    """Of a reward, at once."""

    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=20, initial=1)


class JoinForm(ClubForm):
    first_name = forms.CharField(label=_("First name"), max_length=80)
    last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    address = AddressField()
    birth_date = forms.DateField(
        label=_("Birth date"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}),
        help_text=_("If you tell us, we think of you on the day."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    referral = forms.CharField(
        label=_("Code of a friend"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    terms = forms.BooleanField()

    def __init__(self, *args, program, **kwargs):
        super().__init__(*args, program=program, **kwargs)
        self.fields["first_name"].widget.attrs["autocomplete"] = "given-name"
        self.fields["last_name"].widget.attrs["autocomplete"] = "family-name"
        self.fields["referral"].widget.attrs["autocomplete"] = "off"
        self.fields["language"].initial = (get_language() or "en")[:2]
        self.fields["terms"].label = _("I accept the terms of %(program)s, version %(version)s.") % {
            "program": program.name,
            "version": program.terms_version,
        }
        for channel, wording in wordings(program).items():
            self.fields[f"consent_{channel}"] = forms.BooleanField(label=wording, required=False)

    def clean_birth_date(self):
        day = self.cleaned_data["birth_date"]
        if day and not OLDEST <= day <= timezone.localdate():
            raise ValidationError(_("Enter a birth date between 1900 and today."))
        return day

    @property
    def consents(self):
        """The wording of each channel that was agreed to."""
        return {
            channel: str(wording)
            for channel, wording in wordings(self.program).items()
            if self.cleaned_data[f"consent_{channel}"]
        }

    def choices_of_consent(self):
        return [self[name] for name in self.fields if name.startswith("consent_")]


class LanguageForm(ClubForm):
    language = forms.ChoiceField(label=_("Language"), choices=Member._meta.get_field("language").choices)


def wordings(program):
    """What a member says yes to, by channel, as it is shown and kept."""
    words = {"program": program.name}
    return {
        Consent.Channel.EMAIL.value: _("%(program)s may write to me by e-mail about my points and offers.") % words,
        Consent.Channel.SMS.value: _("%(program)s may text me about my points and offers.") % words,
    }
