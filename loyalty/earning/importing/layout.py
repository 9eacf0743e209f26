"""How a file is written: its encoding, its delimiter, its columns. Found before the first row is read."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import ngettext

from loyalty.lib.csv_files import FileRefused, delimiter, encoding_and_lines, first_line, header_names, open_text

REQUIRED = ("external_id", "member", "occurred_at")
OPTIONAL = (
    "kind", "amount", "currency", "store", "channel", "brand", "refunds", "sku", "category", "quantity", "unit_price",
)  # fmt: skip
COLUMNS = REQUIRED + OPTIONAL
# What the errors file adds: a corrected errors file can be imported as it is.
ERROR_COLUMNS = ("row", "column", "code", "reason")


@dataclass(frozen=True, slots=True)
class Layout:
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_row: int
    rows: int  # at most: blank lines are counted

    @property
    def last_row(self) -> int:
        return self.header_row + self.rows

    @property
    def decimal_comma(self) -> bool:
        return self.delimiter == ";"


def inspect(path: Path) -> Layout:
    """The layout of the file. Raises `FileRefused`."""
    encoding, lines = encoding_and_lines(path)
    with open_text(path, encoding) as file:
        row, line = first_line(file)
    mark = delimiter(line, row)
    header = _header(line, mark, row)
    return Layout(encoding, mark, header, row, max(lines - row, 0))


def _header(line: str, mark: str, row: int) -> tuple[str, ...]:
    names = header_names(line, mark, row)
    _refuse_missing(names, row)
    _refuse_unknown(names, row)
    return tuple(names)


def _refuse_missing(names: list[str], row: int) -> None:
    # Only a purchase and a refund need an amount, and without `kind` every row is a purchase.
    required = REQUIRED if "kind" in names else (*REQUIRED, "amount")
    missing = [name for name in required if name not in names]
    if missing:
        message = ngettext("The column %(columns)s is missing.", "The columns %(columns)s are missing.", len(missing))
        raise FileRefused("missing_column", message % {"columns": ", ".join(missing)}, row)


def _refuse_unknown(names: list[str], row: int) -> None:
    unknown = [name or "“”" for name in names if name not in COLUMNS and name not in ERROR_COLUMNS]
    if unknown:
        message = ngettext(
            "The column %(columns)s is unknown. Known columns: %(known)s.",
            "The columns %(columns)s are unknown. Known columns: %(known)s.",
            len(unknown),
        )
        raise FileRefused("unknown_column", message % {"columns": ", ".join(unknown), "known": ", ".join(COLUMNS)}, row)
