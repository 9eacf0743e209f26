"""CSV files as others write them: which encoding, which delimiter, which names in the header. No column is known here.

The whole file is looked at once, because UTF-8 can only be told from the older Windows encoding by reading to the end.
"""

import codecs
import csv
from pathlib import Path

from django.utils.translation import gettext as _

MAX_LINE = 8_192
UNDECODABLE = "\ufffd"  # what decoding leaves in place of a byte that it cannot read
_BLOCK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class FileRefused(Exception):
    """Nothing of the file can be read. `row` is the row to look at, or None."""

    def __init__(self, code, message, row=None):
        super().__init__(code)
        self.code = code
        self.message = message
        self.row = row

    def __str__(self):
        return str(self.message)


def open_text(path: Path, encoding: str):
    """Undecodable bytes become U+FFFD, so that they spoil their own row only."""
    return path.open(encoding=encoding, errors="replace")


def encoding_and_lines(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise FileRefused("empty_file", _("The file is empty."))
    if start.startswith(_WORKBOOKS):
        raise FileRefused(
            "workbook", _("This is a workbook, not a CSV file. Save it as “CSV UTF-8” and import that file.")
        )
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return encoding, _count_lines(path, encoding, "replace")
    try:
        return "utf-8", _count_lines(path, "utf-8", "strict")
    except UnicodeDecodeError:
        encoding = "utf-8" if _is_damaged_utf8(path) else "cp1252"
        return encoding, _count_lines(path, encoding, "replace")


def _is_damaged_utf8(path: Path) -> bool:
    """Whether most of what is not ASCII is good UTF-8: Windows text hardly ever is by chance."""
    good = bad = 0
    with open_text(path, "utf-8") as file:
        while block := file.read(_BLOCK):
            damaged = block.count(UNDECODABLE)
            bad += damaged
            good += len(block) - len(block.encode("ascii", "ignore")) - damaged
    return good > bad


def _count_lines(path: Path, encoding: str, errors: str) -> int:
    lines, last = 0, "\n"
    with path.open(encoding=encoding, errors=errors) as file:
        while block := file.read(_BLOCK):
            lines += block.count("\n")
            last = block[-1]
    return lines + (last != "\n")


def first_line(file) -> tuple[int, str]:
    row = 0
    while line := file.readline(MAX_LINE + 1):
        row += 1
        if len(line) > MAX_LINE:
            raise FileRefused("header_too_long", _("The first row is too long to be a header."), row)
        if line.strip():
            return row, line.rstrip("\n")
    raise FileRefused("empty_file", _("The file is empty."))


def delimiter(line: str, row: int) -> str:
    if "\0" in line:
        raise FileRefused("not_text", _("The header contains NUL bytes: this is not a text file."), row)
    if ";" in line:
        return ";"
    if "\t" in line and "," not in line:
        raise FileRefused(
            "tab_delimited", _("The columns are separated by tabs. Save the file with commas or semicolons."), row
        )
    return ","


def header_names(line: str, delimiter: str, row: int) -> list[str]:
    """In small letters, with underscores; without the empty ones at the end."""
    try:
        names = next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        raise FileRefused("broken_header", _("A quote opens in the header and does not close."), row) from None
    names = [name.strip().lower().replace(" ", "_") for name in names]
    while names and not names[-1]:
        names.pop()
    for name in names:
        if names.count(name) > 1:
            raise FileRefused("repeated_column", _("The column %(column)s is there twice.") % {"column": name}, row)
    return names
