"""Reading JSON that somebody else wrote: what is missing or of another kind is named with its place."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_datetime

from loyalty.connectors.facts import Unreadable

_MISSING = object()
LONGEST = 300


def parse(body: bytes | str) -> dict[str, Any]:
    """A JSON object, its numbers exact. Raises `Unreadable`."""
    try:
        payload = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as fault:
        raise Unreadable("not_json", "body") from fault
    if not isinstance(payload, dict):
        raise Unreadable("not_an_object", "body")
    return payload


def _no_number(text: str) -> None:
    raise ValueError(text)


def find(payload: Any, path: str) -> Any:
    """The value at `customer.email` or `items.0.sku`; None where there is none."""
    for name in path.split("."):
        if isinstance(payload, Mapping):
            payload = payload.get(name)
        elif isinstance(payload, list) and name.isdecimal() and int(name) < len(payload):
            payload = payload[int(name)]
        else:
            return None
    return payload


def text(payload: Any, path: str, default: Any = _MISSING) -> str:
    """A text or a number as text; without a default it must be there."""
    value = find(payload, path)
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool) and str(value).strip():
        return str(value).strip()[:LONGEST]
    return _or(default, path)


def money(payload: Any, path: str, default: Any = _MISSING) -> Decimal:
    value = find(payload, path)
    if value is None or value == "" or isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return _or(default, path)
    try:
        amount = Decimal(value)
    except InvalidOperation as fault:
        raise Unreadable("not_a_number", path) from fault
    if not amount.is_finite() or abs(amount) >= 10**12:
        raise Unreadable("not_a_number", path)
    return amount


def number(payload: Any, path: str, default: Any = _MISSING) -> int:
    """A whole number; Magento writes 2.0000 for two."""
    amount = money(payload, path, default)
    if amount != int(amount):
        raise Unreadable("not_a_whole_number", path)
    return int(amount)


def moment(payload: Any, *paths: str) -> datetime:
    """The first of the places that holds a moment; one without a zone is UTC's."""
    for path in paths:
        if found := text(payload, path, ""):
            try:
                at = parse_datetime(found)
            except ValueError:
                at = None
            if at is None:
                raise Unreadable("not_a_moment", path)
            return at if at.tzinfo else at.replace(tzinfo=UTC)
    raise Unreadable("missing", paths[0])


def items(payload: Any, path: str) -> Iterable[Mapping[str, Any]]:
    """The objects of a list; none where there is no list."""
    found = find(payload, path)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal())


def _or(default: Any, path: str) -> Any:
    if default is _MISSING:
        raise Unreadable("missing", path)
    return default
