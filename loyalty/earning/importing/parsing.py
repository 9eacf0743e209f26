"""From the cells of a row to values: moments, amounts, words. Pure; what needs the database is checked afterwards.

Files repeat themselves (a day, a price, a store), so each kind of cell is remembered by its text: a row costs a few
microseconds.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from loyalty.earning.basket import Line
from loyalty.earning.importing.refusals import RowRefused
from loyalty.earning.intake import MAX_AMOUNT
from loyalty.earning.models import Kind
from loyalty.lib import money

REMEMBERED = 8_192
MAX_DIGITS = len(str(MAX_AMOUNT - 1))
MAX_QUANTITY_DIGITS = 9
EARLIEST_YEAR = 1900
LONGEST_IDENTIFIER = 120
LONGEST = {"store": 50, "channel": 30, "brand": 60, "sku": 60, "category": 60}

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONEY = re.compile(r"(-?)([0-9]+)(?:([.,])([0-9]+))?")

# What the rows of one purchase share: the first ten of COLUMNS, as values.
Head = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Conventions:
    """What cells are read against: the program's currency, zone and kinds, the file's decimals, the run's moment."""

    currency: str
    zone: tzinfo
    kinds: Collection[str]
    decimal_comma: bool
    now: datetime


class Parser:
    def __init__(self, conventions: Conventions):
        self._conventions = conventions
        self._moment = lru_cache(REMEMBERED)(self._read_moment)
        self._money = lru_cache(REMEMBERED)(self._read_money)
        self._terms = lru_cache(REMEMBERED)(self._read_terms)
        self._line = lru_cache(REMEMBERED)(self._read_line)

    def head(self, cells: tuple[str, ...]) -> Head:
        """The values of a row up to `refunds`. Raises `RowRefused`."""
        external_id, member, occurred_at, kind, amount, currency, store, channel, brand, refunds = cells[:10]
        if not external_id or not member or len(external_id) > LONGEST_IDENTIFIER or len(member) > LONGEST_IDENTIFIER:
            _identifier(external_id, "external_id")
            _identifier(member, "member")
        moment = self._moment(occurred_at)
        kind, currency, store, channel, brand = self._terms(kind, currency, store, channel, brand)
        if kind == Kind.REFUND:
            _identifier(refunds, "refunds")
        elif refunds:
            raise RowRefused("not_a_refund", "refunds", _("Only a refund names a refunded purchase."))
        if amount or kind in (Kind.PURCHASE, Kind.REFUND):
            minor = self._money(amount, "amount")
        else:
            minor = 0
        return external_id, member, moment, kind, minor, currency, store, channel, brand, refunds

    def line(self, cells: tuple[str, ...]) -> Line | None:
        """The article of a row, or None where the row names none. Raises `RowRefused`."""
        return self._line(*cells[10:])

    def _read_moment(self, text: str) -> datetime:
        if not text:
            raise _missing("occurred_at")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise _unreadable_moment(text) from None
        if moment.year < EARLIEST_YEAR:
            message = _("“%(value)s” lies before the year %(year)d.") % {"value": text, "year": EARLIEST_YEAR}
            raise RowRefused("too_early", "occurred_at", message)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._conventions.zone)
        if moment > self._conventions.now:
            message = _("“%(value)s” lies in the future.") % {"value": text}
            raise RowRefused("future", "occurred_at", message)
        return moment.astimezone(UTC)

    def _read_money(self, text: str, column: str) -> int:
        if not text:
            raise _missing(column)
        match = _MONEY.fullmatch(text)
        if not match:
            message = _("“%(value)s” is not an amount: write digits only, such as 12.50.") % {"value": text}
            raise RowRefused("not_an_amount", column, message)
        sign, whole, mark, decimals = match.groups(default="")
        if sign:
            message = _("“%(value)s” is negative; a refund is a row of kind “refund” with a positive amount.")
            raise RowRefused("negative_amount", column, message % {"value": text})
        if mark == "," and not self._conventions.decimal_comma:
            message = _("“%(value)s” has a decimal comma, which only files with semicolons may have; write a point.")
            raise RowRefused("decimal_comma", column, message % {"value": text})
        places = money.exponent(self._conventions.currency)
        if len(decimals) > places:
            message = _("“%(value)s” has more decimals than %(currency)s, which has %(places)d.")
            params = {"value": text, "currency": self._conventions.currency, "places": places}
            raise RowRefused("too_many_decimals", column, message % params)
        digits = (whole + decimals.ljust(places, "0")).lstrip("0")
        if len(digits) > MAX_DIGITS:
            raise RowRefused("amount_too_large", column, _("“%(value)s” is too large to be true.") % {"value": text})
        return int(digits or "0")

    def _read_terms(self, kind: str, currency: str, store: str, channel: str, brand: str) -> tuple[str, ...]:
        kind = kind.lower() or Kind.PURCHASE.value
        if kind not in self._conventions.kinds:
            message = _("“%(value)s” is not a kind of activity of this program. Known kinds: %(known)s.")
            known = ", ".join(sorted(self._conventions.kinds))
            raise RowRefused("unknown_kind", "kind", message % {"value": kind, "known": known})
        currency = currency.upper() or self._conventions.currency
        if currency != self._conventions.currency:
            message = _("“%(value)s” is not the program’s currency, %(currency)s.")
            params = {"value": currency, "currency": self._conventions.currency}
            raise RowRefused("unknown_currency", "currency", message % params)
        _no_longer_than_stored(store=store, channel=channel, brand=brand)
        return kind, currency, store, channel, brand

    def _read_line(self, sku: str, category: str, quantity: str, unit_price: str) -> Line | None:
        if not (sku or category or quantity or unit_price):
            return None
        _no_longer_than_stored(sku=sku, category=category)
        price = self._money(unit_price, "unit_price") if unit_price else None
        return Line(sku=sku, category=category, quantity=_quantity(quantity), unit_price=price)


def _missing(column: str) -> RowRefused:
    return RowRefused("missing_value", column, _("This value is missing."))


def _identifier(text: str, column: str) -> None:
    if not text:
        raise _missing(column)
    if len(text) > LONGEST_IDENTIFIER:
        raise _too_long(column, LONGEST_IDENTIFIER)


def _no_longer_than_stored(**values: str) -> None:
    for column, text in values.items():
        if len(text) > LONGEST[column]:
            raise _too_long(column, LONGEST[column])


def _too_long(column: str, limit: int) -> RowRefused:
    return RowRefused("too_long", column, _("This value has more than %(limit)d characters.") % {"limit": limit})


def _unreadable_moment(text: str) -> RowRefused:
    if _ISO_DAY.fullmatch(text):
        return RowRefused("no_such_day", "occurred_at", _("There is no day “%(value)s”.") % {"value": text})
    message = _("“%(value)s” is not a date: write 2024-01-31, or 2024-01-31T18:30 with a time.") % {"value": text}
    return RowRefused("not_a_date", "occurred_at", message)


def _quantity(text: str) -> int:
    if not text:
        return 1
    digits = text.lstrip("0")
    if text.isascii() and text.isdigit() and digits and len(digits) <= MAX_QUANTITY_DIGITS:
        return int(digits)
    message = _("“%(value)s” is not a quantity: write a whole number from 1.") % {"value": text}
    raise RowRefused("not_a_quantity", "quantity", message)
