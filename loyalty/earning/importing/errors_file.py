"""The rows that were refused, as a CSV that any spreadsheet opens: their own columns, then row, column, code, reason.

Once corrected it can be imported as it is. It is in the order in which they were refused, so that a resumed run goes
on behind as many rows as it has counted.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

from loyalty.earning.importing.layout import COLUMNS, ERROR_COLUMNS, Layout
from loyalty.earning.importing.reader import Row
from loyalty.earning.importing.refusals import RowRefused
from loyalty.lib.csv_files import FileRefused
from loyalty.lib.spreadsheets import spreadsheet_safe

# A spreadsheet takes a UTF-8 file without this mark for the older Windows encoding.
UTF8_MARK = "\ufeff"


class ErrorsFile:
    """Begins a new file, or goes on behind its first `done` rows. Raises `OSError` where it cannot be written."""

    def __init__(self, path: Path, layout: Layout, done: int = 0):
        self._kept = [place for place, name in enumerate(layout.header) if name not in ERROR_COLUMNS]
        header = [*(layout.header[place] for place in self._kept), *ERROR_COLUMNS]
        going_on = done and _cut_behind(path, done, layout.delimiter, header)
        self._file = path.open("a" if going_on else "w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, delimiter=layout.delimiter)
        if not going_on:
            self._file.write(UTF8_MARK)
            self._writer.writerow(header)

    def write(self, refused: Iterable[tuple[Row, RowRefused]]) -> None:
        for row, refusal in refused:
            values = [row.values[place] for place in self._kept]
            where = [row.number, refusal.column, refusal.code, refusal.message]
            self._writer.writerow([spreadsheet_safe(value) for value in values + where])
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()


def write_refused_file(path: Path, refusal: FileRefused) -> None:
    """Nothing of the file was read: why, in a row of its own under the columns that a file may have."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(UTF8_MARK)
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, *ERROR_COLUMNS])
        where = [refusal.row or "", "", refusal.code, spreadsheet_safe(refusal)]
        writer.writerow([*[""] * len(COLUMNS), *where])


def _cut_behind(path: Path, done: int, delimiter: str, header: list[str]) -> bool:
    """Take off what a killed run wrote behind `done` rows. False where the file is not this import's own."""
    if not path.exists():
        return False
    with path.open("r+b") as file:
        if _values(file.readline(), delimiter) != [UTF8_MARK + header[0], *header[1:]]:
            return False
        end = file.tell()
        while done and len(_values(file.readline(), delimiter)) == len(header):
            end = file.tell()
            done -= 1
        file.truncate(end)
    return True


def _values(line: bytes, delimiter: str) -> list[str]:
    """No refused row holds a line break, so a line is a row; a torn last one gives nothing."""
    return next(csv.reader([line.decode()], delimiter=delimiter)) if line.endswith(b"\n") else []
