"""The rows of a file, one at a time, numbered as a spreadsheet numbers them: the header of an ordinary file is row 1.

A row is one line: no column of the format holds a line break. That is what keeps an unclosed quote from swallowing the
rows behind it. A row that cannot be taken apart is handed on with its refusal, and with the cells before the break.
"""

import csv
import re
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from loyalty.earning.importing.layout import COLUMNS, Layout
from loyalty.earning.importing.refusals import RowRefused
from loyalty.lib.csv_files import MAX_LINE, UNDECODABLE, open_text
from loyalty.lib.spreadsheets import without_guard

_CELL = {
    delimiter: re.compile(rf'("(?:[^"]|"")*"|[^"{delimiter}][^{delimiter}]*|)(?:{delimiter}|$)') for delimiter in ",;"
}


class Row(NamedTuple):
    number: int
    values: list[str]  # as in the file
    cells: tuple[str, ...]  # in the order of COLUMNS, empty where the file has no such column
    refusal: RowRefused | None


def read_rows(path: Path, layout: Layout) -> Iterator[Row]:
    """The data rows; blank ones are passed over."""
    width = len(layout.header)
    delimiter = layout.delimiter
    blank = f'{delimiter}" \t\r\n'
    # A corrected errors file still has the marks that keep its cells from being formulas.
    corrected = "reason" in layout.header
    # A column that the file has not is read from the empty cell added at the end.
    pick = itemgetter(*(layout.header.index(name) if name in layout.header else -1 for name in COLUMNS))
    with open_text(path, layout.encoding) as file:
        for number, line, refusal in _lines(file, layout):
            if number <= layout.header_row or (refusal is None and not line.strip(blank)):
                continue
            if refusal is None and '"' not in line and line.isprintable() and UNDECODABLE not in line:
                values = line.split(delimiter)
                if " " in line:
                    values = [value.strip() for value in values]
            else:
                values, refusal = _take_apart(line, layout, refusal)
            if corrected:
                values = [without_guard(value) for value in values]
            if len(values) != width:
                refusal = _fit(values, layout, refusal)
            yield Row(number, values, pick([*values, ""]), refusal)


def _lines(file, layout: Layout) -> Iterator[tuple[int, str, RowRefused | None]]:
    """Lines without their end. Of a line that is too long only the beginning is kept."""
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if len(line) <= MAX_LINE or line[-1] == "\n":
            yield number, line.rstrip("\n"), None
            continue
        while (rest := file.readline(MAX_LINE)) and rest[-1] != "\n":
            pass
        position = line.count(layout.delimiter)
        message = _("This row is longer than %(limit)d characters.") % {"limit": MAX_LINE}
        yield number, line[:MAX_LINE], RowRefused("row_too_long", _name(layout, position), message)


def _take_apart(line: str, layout: Layout, refusal: RowRefused | None) -> tuple[list[str], RowRefused | None]:
    """The values of a line with quotes or with characters that do not belong there."""
    try:
        values = next(csv.reader([line], delimiter=layout.delimiter, strict=True))
    except csv.Error:
        values, position = _before_the_break(line, layout.delimiter)
        message = _("The quote that opens here is not closed in this row; a quote inside a value is written twice.")
        refusal = refusal or RowRefused("unclosed_quote", _name(layout, position), message)
    values = [value.strip() for value in values]
    return values, refusal or _unwanted_character(values, layout)


def _before_the_break(line: str, delimiter: str) -> tuple[list[str], int]:
    """What can be read of a line whose quotes are wrong, and the position of the cell where it goes wrong."""
    cell = _CELL[delimiter]
    good: list[str] = []
    at = 0
    while at < len(line) and (found := cell.match(line, at)):
        good.append(found[1].strip('"'))
        at = found.end()
    return [*good, *line[at:].split(delimiter)], len(good)


def _unwanted_character(values: list[str], layout: Layout) -> RowRefused | None:
    for position, value in enumerate(values):
        column = _name(layout, position)
        if "\0" in value:
            return RowRefused("nul_byte", column, _("This cell contains a NUL byte."))
        if UNDECODABLE in value:
            message = _("This cell contains bytes that are not text in %(encoding)s.") % {"encoding": layout.encoding}
            return RowRefused("not_text", column, message)
        if any(character < " " or character == "\x7f" for character in value):
            return RowRefused("control_character", column, _("This cell contains a control character."))
    return None


def _fit(values: list[str], layout: Layout, refusal: RowRefused | None) -> RowRefused | None:
    """Make the values as many as the columns; empty ones too many, as spreadsheets leave them, are no fault."""
    width, found = len(layout.header), len(values)
    surplus = values[width:]
    del values[width:]
    values.extend([""] * (width - found))
    if found > width and not any(surplus):
        return refusal
    return refusal or RowRefused(
        "wrong_number_of_values",
        layout.header[found] if found < width else "",
        _("This row has %(found)d values, the header has %(width)d.") % {"found": found, "width": width},
    )


def _name(layout: Layout, position: int) -> str:
    return layout.header[position] if position < len(layout.header) else ""
