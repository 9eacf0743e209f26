"""The forms of the counter: money and points as they are typed in French and English, and the key of each form.

What was typed stays in the field whatever is wrong with it, and the field says what it expects.
"""

import re
import unicodedata
import uuid

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty.counter import tickets
from loyalty.counter.queries import supervisors_of
from loyalty.lib.money import SYMBOLS, exponent, money_text

MOST_MINOR = 10**9  # ten million euros: more is a typing error at a till
MOST_COUNT = 10**9
LONGEST = 40
_NUMBER = re.compile(r"(?P<whole>[0-9]{1,18})(?:[.,](?P<rest>[0-9]{1,3}))?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:(?P<mark>[.,])[0-9]{3})+(?!(?P=mark))[.,][0-9]{1,3}")


def plain(text: str) -> str:
    """What was typed or scanned, without the signs that nobody sees: marks of direction, control signs."""
    return "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or sign.isprintable()).strip()


class TypedField(forms.Field):
    """A number that is typed as text, so that every way of writing it gets its sentence."""

    def __init__(self, *, inputmode, **kwargs):
        attrs = {"inputmode": inputmode, "autocomplete": "off", "maxlength": LONGEST}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value):
        typed = "".join(plain(value or "").split())
        return self.read(typed) if typed else None

    def read(self, typed):
        raise NotImplementedError

    def refuse(self, code, **params):
        raise ValidationError(self.error_messages[code], code=code, params=params)


class MoneyField(TypedField):
    """An amount as it is typed, “12,50” or “12.50”, in minor units of the form's program. Never zero or negative."""

    default_error_messages = {
        "amount": _("Type an amount such as %(example)s."),
        "zero": _("The amount is more than zero."),
        "large": _("The amount is below %(most)s: is a digit too many?"),
        "decimals": _("%(currency)s has no more than %(decimals)s decimals."),
    }
    currency = "EUR"  # the form sets its program's

    def __init__(self, **kwargs):
        super().__init__(inputmode="decimal", **kwargs)

    def read(self, typed):
        typed = typed.strip(SYMBOLS.get(self.currency, ""))
        if _GROUPED.fullmatch(typed):
            typed = typed.replace(next(sign for sign in typed if sign in ".,"), "")
        number = _NUMBER.fullmatch(typed)
        if number is None:
            self.refuse("amount", example=money_text(1250, self.currency))
        places, rest = exponent(self.currency), number["rest"] or ""
        if len(rest) > places:
            self.refuse("decimals", currency=self.currency, decimals=places)
        return self._within(int(number["whole"] + rest.ljust(places, "0")))

    def _within(self, minor):
        if minor == 0:
            self.refuse("zero")
        if minor >= MOST_MINOR:
            self.refuse("large", most=money_text(MOST_MINOR, self.currency))
        return minor


class CountField(TypedField):
    """A whole number as it is typed, such as “1 200”."""

    default_error_messages = {
        "count": _("Type a whole number such as 200."),
        "least": _("At least %(least)s."),
        "most": _("At most %(most)s."),
    }

    def __init__(self, *, least=1, most=MOST_COUNT, **kwargs):
        self.least, self.most = least, most
        super().__init__(inputmode="numeric", **kwargs)

    def read(self, typed):
        if not re.fullmatch(r"[0-9]{1,15}", typed):
            self.refuse("count")
        if int(typed) < self.least:
            self.refuse("least", least=self.least)
        if int(typed) > self.most:
            self.refuse("most", most=self.most)
        return int(typed)


class TextField(forms.CharField):
    """A short text in which the signs that nobody sees do not count: a receipt's number, a scanned code."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", LONGEST)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value):
        return unicodedata.normalize("NFC", plain(super().to_python(value)))


class ScannedField(TextField):
    """What a scanner reads while this field has the focus stays in it, instead of going to the one field."""

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"data-scan-here": True}


class JourneyForm(forms.Form):
    """Every journey's form. `key` is drawn when the form is shown, so that the same form sent twice acts once.

    The fields for a supervisor are shown once something is above the clerk's limit.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    supervisor = forms.ModelChoiceField(
        None, label=_("Supervisor"), required=False, empty_label=_("Who confirms?"), widget=forms.Select
    )
    pin = forms.CharField(
        label=_("The supervisor’s PIN"),
        required=False,
        max_length=8,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, data=None, *, till, member=None, **kwargs):
        kwargs["initial"] = {"key": uuid.uuid4} | kwargs.get("initial", {})
        super().__init__(data, use_required_attribute=False, **kwargs)
        self.till, self.member = till, member
        self.fields["supervisor"].queryset = supervisors_of(till.store)
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.currency = till.program.money_currency

    @property
    def asks_supervisor(self):
        """Whether a supervisor was asked for, in this answer or in the one before."""
        return self.is_bound and (
            self.has_error(NON_FIELD_ERRORS, "supervisor_needed") or bool(self.data.get("supervisor"))
        )

    def ticket(self):
        """By which a till may send this form later, where it is without the server now."""
        try:
            return tickets.draw(key=uuid.UUID(str(self["key"].value())), till=self.till)
        except ValueError:
            return ""

    def own_fields(self):
        """What the journey itself asks, in order."""
        return [field for field in self.visible_fields() if field.name not in ("supervisor", "pin")]
