"""Model fields and lookups that several rooms share: a short list of texts, names as searched, beginnings of texts."""

import json
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# Letters that Unicode does not take apart into a base letter and an accent.
_UNDECOMPOSED = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def folded(text):
    """The words of a text without accents, capitals and punctuation: “Hélène D’Œuvre” and “helene d oeuvre” are one."""
    letters = unicodedata.normalize("NFKD", text.casefold()).translate(_UNDECOMPOSED)
    plain = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(plain.split())


class FoldedField(models.CharField):
    """The folded words of other fields (`of`), each after a space, kept in step whenever the row is saved.

    The space in front lets `contains=" " + beginning` find the beginning of any word. An `update()` of the other fields
    alone, and a save whose `update_fields` leave this one out, do not reach it.
    """

    def __init__(self, *args, of=(), **kwargs):
        self.of = tuple(of)
        kwargs["editable"] = False
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    @staticmethod
    def key(*texts):
        return "".join(f" {word}" for word in folded(" ".join(texts)).split())

    def pre_save(self, instance, add):
        value = self.key(*(getattr(instance, name) for name in self.of))[: self.max_length]
        setattr(instance, self.attname, value)
        return value


class TextListFormField(forms.CharField):
    """Texts separated by commas, semicolons or new lines."""

    def to_python(self, value):
        if isinstance(value, list):
            return value
        items = (item.strip() for item in (value or "").replace(";", ",").replace("\n", ",").split(","))
        return list(dict.fromkeys(item for item in items if item))

    def prepare_value(self, value):
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data)


class TextListField(models.JSONField):
    """A short list of short texts, such as tags: JSON in the table, separated by commas in a form."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise ValidationError(_("Enter a list of texts, separated by commas."))

    def formfield(self, **kwargs):
        return models.Field.formfield(self, **{"form_class": TextListFormField, **kwargs})


@TextListField.register_lookup
class HasItem(models.Lookup):
    """`tags__has_item="vip"`: PostgreSQL's containment, which an index serves; SQLite looks through the list."""

    lookup_name = "has_item"
    prepare_rhs = False

    def as_postgresql(self, compiler, connection):
        left, params = self.process_lhs(compiler, connection)
        return f"{left} @> %s::jsonb", (*params, json.dumps([self.rhs]))

    def as_sql(self, compiler, connection):
        left, params = self.process_lhs(compiler, connection)
        return f"EXISTS (SELECT 1 FROM json_each({left}) WHERE value = %s)", (*params, self.rhs)


@models.CharField.register_lookup
class Begins(models.Lookup):
    """`number__begins="M2X"`, by an index: a range on SQLite, whose LIKE uses none, and LIKE on PostgreSQL."""

    lookup_name = "begins"

    def as_sqlite(self, compiler, connection):
        left, params = self.process_lhs(compiler, connection)
        return f"({left} >= %s AND {left} < %s)", (*params, self.rhs, *params, self.rhs + "\U0010ffff")

    def as_sql(self, compiler, connection):
        left, params = self.process_lhs(compiler, connection)
        return f"{left} LIKE %s", (*params, connection.ops.prep_for_like_query(self.rhs) + "%")
