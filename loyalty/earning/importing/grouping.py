"""Rows to activities: the lines of one purchase are rows that follow each other and share its identifier.

A purchase goes in whole or not at all: one bad row refuses the rows of its own purchase, and no others.
"""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from loyalty.earning.basket import Line
from loyalty.earning.importing.layout import COLUMNS
from loyalty.earning.importing.parsing import Head, Parser
from loyalty.earning.importing.reader import Row
from loyalty.earning.importing.refusals import RowRefused
from loyalty.earning.inputs import ActivityInput
from members.references import MemberRef

MAX_ROWS = 1_000


class Group:
    """Consecutive rows of one activity. `repeated` rows say nothing that the first did not say."""

    __slots__ = ("external_id", "head", "lines", "refused", "repeated", "rows")

    def __init__(self, external_id: str):
        self.external_id = external_id
        self.head: Head | None = None
        self.lines: list[Line] = []
        self.repeated = 0
        self.rows: list[Row] = []
        self.refused: dict[int, RowRefused] = {}

    def add(self, row: Row, parser: Parser) -> None:
        self.rows.append(row)
        try:
            self._read(row, parser)
        except RowRefused as refusal:
            self.refused[row.number] = refusal.with_traceback(None)  # which would keep the whole chunk in memory

    def _read(self, row: Row, parser: Parser) -> None:
        if row.refusal:
            raise row.refusal
        head, line = parser.head(row.cells), parser.line(row.cells)
        if self.head is None:
            self.head = head
        elif head != self.head:
            raise _disagreement(head, self.head)
        elif line is None:
            self.repeated += 1
        if line is not None:
            self.lines.append(line)

    def activity(self) -> ActivityInput:
        """What the rows say together; only where none was refused."""
        external_id, member, occurred_at, kind, amount, currency, store, channel, brand, refunds = self.head
        return ActivityInput(
            external_id=external_id,
            kind=kind,
            occurred_at=occurred_at,
            member=MemberRef("any", member),
            amount=amount,
            currency=currency,
            store=store,
            channel=channel,
            brand=brand,
            lines=tuple(self.lines),
            refunds=refunds,
        )

    def refusals(self) -> Iterator[tuple[Row, RowRefused]]:
        """A refusal for every row: its own, or that of the purchase's first bad row."""
        number = next(iter(self.refused))
        message = _("Row %(row)d of the same purchase is refused.") % {"row": number}
        for row in self.rows:
            yield row, self.refused.get(row.number) or RowRefused("purchase_refused", "", message)


def group_rows(rows: Iterable[Row], parser: Parser) -> Iterator[Group]:
    group = None
    for row in rows:
        external_id = row.cells[0]
        if group is None or external_id != group.external_id or not external_id:
            if group:
                yield group
            group = Group(external_id)
        elif len(group.rows) == MAX_ROWS:
            message = _("A purchase has at most %(limit)d rows.") % {"limit": MAX_ROWS}
            group.refused.setdefault(group.rows[0].number, RowRefused("too_many_rows", "external_id", message))
            yield group
            group = _continued(group)
        group.add(row, parser)
    if group:
        yield group


def _continued(group: Group) -> Group:
    rest = Group(group.external_id)
    rest.refused.update(list(group.refused.items())[:1])
    return rest


def _disagreement(head: Head, first: Head) -> RowRefused:
    position = next(position for position, value in enumerate(head) if value != first[position])
    message = _("This value differs from the first row of the same purchase.")
    return RowRefused("rows_disagree", COLUMNS[position], message)
