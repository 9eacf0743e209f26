"""What the fields of an event may hold. Amounts, moments and days are read by the stage, which knows the program."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

MOST = 10**12
MOST_TIMES = 100


class Unreadable(Exception):
    """A field holds what nobody can read."""

    code = "unreadable"


def check_fields(fields: Mapping[str, Any]) -> None:
    """Raises `Unreadable` with the name of the field; texts are what is not said to be something else here."""
    for name, value in fields.items():
        KINDS.get(name, _text)(name, value)


def _text(name: str, value: Any) -> None:
    if not isinstance(value, str):
        raise Unreadable(_("“%(name)s” is a text.") % {"name": name})


def _flag(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise Unreadable(_("“%(name)s” is true or false.") % {"name": name})


def _whole(most: int) -> Callable[[str, Any], None]:
    def whole(name: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > most:
            raise Unreadable(_("“%(name)s” is a whole number, %(most)d at the most.") % {"name": name, "most": most})

    return whole


def _money(name: str, value: Any) -> None:
    """Anything: whether it is an amount depends on the program's money."""


def _texts(name: str, value: Any) -> None:
    if not isinstance(value, list):
        raise Unreadable(_("“%(name)s” is a list of texts.") % {"name": name})
    for each in value:
        _text(name, each)


def _vouchers(name: str, value: Any) -> None:
    """Null stands for any voucher of the member's."""
    _texts(name, [each or "" for each in value] if isinstance(value, list) else value)


def _rows(required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Callable[[str, Any], None]:
    def rows(name: str, value: Any) -> None:
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise Unreadable(_("“%(name)s” is a list of objects.") % {"name": name})
        for row in value:
            if missing := [each for each in required if row.get(each) is None]:
                raise Unreadable(_("“%(name)s” lacks “%(field)s”.") % {"name": name, "field": missing[0]})
            if unknown := set(row) - {*required, *optional}:
                raise Unreadable(_("“%(name)s” has no “%(field)s”.") % {"name": name, "field": min(unknown)})
            check_fields({key: each for key, each in row.items() if each is not None})

    return rows


KINDS: dict[str, Callable[[str, Any], None]] = {
    "amount": _money,
    "unit_price": _money,
    "points": _whole(MOST),
    "quantity": _whole(MOST),
    "times": _whole(MOST_TIMES),
    "card": _flag,
    "given": _flag,
    "now": _flag,
    "reserve": _flag,
    "tags": _texts,
    "consents": _texts,
    "results": _texts,
    "vouchers": _vouchers,
    "lines": _rows((), ("sku", "category", "quantity", "unit_price")),
    "paid_with": _rows(("tender", "amount")),
}
