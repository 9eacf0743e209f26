"""Refunds that stand before their purchase, as in a log sorted newest first: they are tried again behind the last row.

Only the numbers of their rows are kept, and in a file, for there may be as many as there are refunds; the rows are read
anew. The numbers are written before their chunk is committed, so that a resumed run misses none.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from loyalty.earning.importing.grouping import Group
from loyalty.earning.importing.order import Answer
from loyalty.earning.inputs import Refused

# A refund enrols nobody: its purchase may be what makes the member known.
NOT_THERE_YET = {"purchase_unknown", "member_unknown"}


def may_come_later(group: Group, answer: Answer) -> bool:
    return isinstance(answer, Refused) and answer.code in NOT_THERE_YET and bool(group.head and group.head[-1])


class Later:
    """Without a path it is gone with the run. With one it goes on behind the rows up to `after`."""

    def __init__(self, path: Path | None, after: int):
        self._file = path.open("a+b") if path else tempfile.TemporaryFile("a+b")  # noqa: SIM115 (closed on exit)
        self._cut_behind(after)

    def _cut_behind(self, after: int) -> None:
        """Take off what a killed run wrote behind row `after`."""
        end = 0
        self._file.seek(0)
        for line in self._file:
            if not line.endswith(b"\n") or int(line.split()[1]) > after:
                break
            end += len(line)
        self._file.truncate(end)

    def keep(self, groups: Sequence[Group]) -> None:
        if groups:
            spans = [(group.rows[0].number, group.rows[-1].number) for group in groups]
            self._file.write(b"".join(b"%d %d\n" % span for span in spans))
            self._file.flush()
            os.fsync(self._file.fileno())

    def spans(self, after: int) -> Iterator[tuple[int, int]]:
        """The first and the last row of each, in their order, behind row `after`."""
        self._file.seek(0)
        for line in self._file:
            first, last = map(int, line.split())
            if first > after:
                yield first, last
                after = last

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self._file.close()
