"""A partner's file, row by row: `reference, date, points, amount`, and whatever else it has. What cannot be read is
refused by itself, with the row and the column to look at."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from loyalty.lib.csv_files import (
    MAX_LINE,
    UNDECODABLE,
    FileRefused,
    delimiter,
    encoding_and_lines,
    first_line,
    header_names,
    open_text,
)
from loyalty.lib.money import to_minor
from loyalty.lib.spreadsheets import without_guard
from loyalty.partners.matching import Item

REQUIRED = ("reference", "date", "points", "amount")
LONGEST = 120
LARGEST = 10**15


class Layout(NamedTuple):
    encoding: str
    mark: str
    header: list[str]
    header_row: int
    rows: int


class Faulty(Exception):
    """One row that cannot be read."""

    def __init__(self, row: int, column: str, message: str):
        super().__init__(message)
        self.row, self.column = row, column


def layout(path: Path) -> Layout:
    """Raises `FileRefused`."""
    encoding, lines = encoding_and_lines(path)
    with open_text(path, encoding) as file:
        row, line = first_line(file)
    mark = delimiter(line, row)
    header = header_names(line, mark, row)
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        message = _("These columns are missing: %(columns)s.") % {"columns": ", ".join(missing)}
        raise FileRefused("missing_column", message, row)
    return Layout(encoding, mark, header, row, max(lines - row, 0))


def items(path: Path, found: Layout, currency: str) -> Iterator[Item | Faulty]:
    """In the order of the file; blank rows are passed over."""
    with open_text(path, found.encoding) as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), ""), start=1):
            if number <= found.header_row or not line.strip(f'{found.mark}" \t\r\n'):
                continue
            try:
                yield _item(number, line, found, currency)
            except Faulty as fault:
                yield fault


def _item(number: int, line: str, found: Layout, currency: str) -> Item:
    try:
        values = next(csv.reader([line], delimiter=found.mark, strict=True))
    except csv.Error:
        raise Faulty(number, "", _("A quote opens in this row and does not close.")) from None
    if len(values) < len(found.header) or UNDECODABLE in line or "\0" in line:
        raise Faulty(number, "", _("This row has too few values, or bytes that are not text."))
    cells = {name: without_guard(value.strip()) for name, value in zip(found.header, values, strict=False)}
    if not cells["reference"] or len(cells["reference"]) > LONGEST:
        raise Faulty(number, "reference", _("A reference has between 1 and %(most)d characters.") % {"most": LONGEST})
    return Item(
        number,
        cells["reference"],
        _day(number, cells["date"]),
        _points(number, cells["points"]),
        _amount(number, cells["amount"], found.mark, currency),
    )


def _day(number: int, text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Faulty(number, "date", _("“%(value)s” is not a day: write 2026-03-31.") % {"value": text}) from None


def _points(number: int, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
        raise Faulty(number, "points", _("“%(value)s” is not a whole number.") % {"value": text})
    return int(text)


def _amount(number: int, text: str, mark: str, currency: str) -> int:
    plain = text.replace(",", ".") if mark == ";" else text
    try:
        amount = Decimal(plain)
        if not amount.is_finite() or abs(amount) > LARGEST:
            raise ValueError
        return to_minor(amount, currency)
    except (InvalidOperation, ValueError):
        words = {"value": text, "currency": currency}
        message = _("“%(value)s” is not an amount in %(currency)s: write 12.50.") % words
        raise Faulty(number, "amount", message) from None
