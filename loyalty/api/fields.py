"""Fields that take what the schema says and nothing that merely looks like it: "5" is no number, 12.5 is no amount."""

import re
from datetime import UTC, datetime
from decimal import Decimal

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from loyalty.lib import money

AMOUNT = r"^[0-9]{1,10}(\.[0-9]{1,3})?$"
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
MOST_POINTS = 10**9

_amount = re.compile(AMOUNT.removesuffix("$") + r"\Z", re.ASCII)
_moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


class Strict(serializers.Serializer):
    """Refuses names that it does not know."""

    def to_internal_value(self, data):
        unknown = sorted(set(data) - set(self.fields), key=str) if isinstance(data, dict) else []
        if not unknown:
            return super().to_internal_value(data)
        errors = {name: [serializers.ErrorDetail(_("There is no such field."), "unknown_field")] for name in unknown}
        try:
            super().to_internal_value(data)
        except serializers.ValidationError as error:
            errors |= error.detail
        raise serializers.ValidationError(errors)


class Text(serializers.CharField):
    """A line of printable text."""

    default_error_messages = {"unprintable": _("This text holds characters that cannot be printed.")}

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        value = super().to_internal_value(data)
        if not value.isprintable():
            self.fail("unprintable")
        return value


class Prose(serializers.CharField):
    """A text of several lines."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """JSON knows one kind of number: 5.0 is 5."""

    def to_internal_value(self, data):
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    def to_internal_value(self, data):
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


@extend_schema_field({"type": "string", "pattern": AMOUNT, "examples": ["12.50"]})
class Amount(serializers.Field):
    """Money as a decimal string; `minor` makes it what the house counts in."""

    default_error_messages = {"invalid": _('Enter an amount as a text, such as "12.50".')}

    def to_internal_value(self, data):
        if not isinstance(data, str) or not _amount.match(data):
            self.fail("invalid")
        return Decimal(data)

    def to_representation(self, value):
        return str(value)


@extend_schema_field({"type": "string", "format": "date-time", "examples": ["2026-03-02T12:00:00+01:00"]})
class Moment(serializers.Field):
    """RFC 3339 with its zone, between 1900 and 2200."""

    default_error_messages = {
        "invalid": _("Enter a moment with its zone, such as 2026-03-02T12:00:00+01:00."),
        "unbelievable": _("This moment is not to be believed."),
    }

    def to_internal_value(self, data):
        if not isinstance(data, str) or not _moment.match(data):
            self.fail("invalid")
        try:
            value = parse_datetime(data)
        except ValueError:
            value = None
        if value is None:
            self.fail("invalid")
        if not datetime(1900, 1, 2, tzinfo=UTC) <= value <= datetime(2200, 1, 1, tzinfo=UTC):
            self.fail("unbelievable")
        return value

    def to_representation(self, value):
        return moment(value)


def moment(value: datetime | None) -> str | None:
    """As answers write it: in UTC."""
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def minor(amount: Decimal | None, currency: str, field: str) -> int | None:
    """The amount in minor units of the program's money."""
    if amount is None:
        return None
    try:
        return money.to_minor(amount, currency)
    except ValueError as error:
        detail = _("%(currency)s has fewer decimals than this amount.") % {"currency": currency}
        raise serializers.ValidationError({field: [detail]}, "too_precise") from error


def shown(amount: int | None, currency: str) -> str | None:
    """Minor units as a decimal string with all the decimals of the currency."""
    return None if amount is None else str(money.to_decimal(amount, currency))
