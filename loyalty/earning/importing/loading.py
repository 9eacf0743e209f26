"""A file goes in, chunk by chunk, each in a transaction of its own: what is committed stays, whatever happens next.

Run again, the file finds its own activities and counts them as duplicates; that is how a killed import goes on. A run
that keeps a cursor in the chunk's transaction may instead start `after` it. A refund that stands before its purchase is
tried again behind the last row, where the cursor counts on.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.earning.importing.grouping import Group, group_rows
from loyalty.earning.importing.later import Later, may_come_later
from loyalty.earning.importing.order import Answer, Order
from loyalty.earning.importing.parsing import Conventions, Parser
from loyalty.earning.importing.reader import Row, read_rows
from loyalty.earning.importing.refusals import RowRefused
from loyalty.earning.importing.rehearsal import Rehearsal
from loyalty.earning.inputs import ActivityInput, Refused
from loyalty.earning.models import EarningRule, Kind
from loyalty.lib import sql
from loyalty.programs.models import Program

ROWS_PER_CHUNK = 4_000
MANY = 10_000  # rows after which the database's planner has a wrong idea of its tables

Recorder = Callable[[Sequence[ActivityInput]], list[Answer]]


@dataclass(slots=True)
class Chunk:
    """What became of some rows. Every data row is imported, a duplicate, refused or `postponed`, which it is once."""

    cursor: int
    imported: int = 0
    duplicates: int = 0
    refused: list[tuple[Row, RowRefused]] = field(default_factory=list)
    postponed: list[Group] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.imported + self.duplicates + len(self.refused)


def load(order: Order, settle: Callable[[Chunk], None] | None = None) -> Iterator[Chunk]:
    """Import the file; each chunk is handed out once it is committed, and `settle` is called in its transaction.

    Of a dry run nothing stays but what `settle` writes.
    """
    record = Rehearsal(order) if order.dry_run else order.record
    imported = 0
    with Later(order.later, order.after) as later:
        for groups, cursor, may_wait in _tries(order, later):
            with _garbage_collected_at_the_end():
                chunk = _load_chunk(groups, Chunk(cursor), record, settle, later if may_wait else None)
            imported += chunk.imported
            yield chunk
    if imported >= MANY and not order.dry_run:
        sql.refresh_statistics()


def _load_chunk(
    groups: list[Group],
    chunk: Chunk,
    record: Recorder,
    settle: Callable[[Chunk], None] | None,
    later: Later | None,
) -> Chunk:
    with transaction.atomic():
        answers = record([group.activity() for group in groups if not group.refused])
        _count(chunk, groups, answers, may_wait=later is not None)
        if later:
            later.keep(chunk.postponed)
        if settle:
            settle(chunk)
    return chunk


@contextmanager
def _garbage_collected_at_the_end() -> Iterator[None]:
    """A chunk is 200,000 objects that go at its end; looking for cycles among them takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect(0)
        if was_enabled:
            gc.enable()


def _tries(order: Order, later: Later) -> Iterator[tuple[list[Group], int, bool]]:
    """Chunks, each with the cursor behind it and whether its refunds may wait: the whole file, then what has waited."""
    for groups in _chunks(_groups(order)):
        yield groups, groups[-1].rows[-1].number, True
    last_row = order.layout.last_row
    for groups in _chunks(_groups_again(order, later.spans(after=order.after - last_row))):
        yield groups, last_row + groups[-1].rows[-1].number, False


def _groups(order: Order) -> Iterator[Group]:
    rows = read_rows(order.path, order.layout)
    if order.after:
        rows = (row for row in rows if row.number > order.after)
    return group_rows(rows, _parser(order))


def _groups_again(order: Order, spans: Iterable[tuple[int, int]]) -> Iterator[Group]:
    """Each is read by itself: what stood between two of them has gone in, and does not make them one."""
    rows, parser = read_rows(order.path, order.layout), _parser(order)
    for first, last in spans:
        found = [row for row in _up_to(last, rows) if row.number >= first]
        yield from group_rows(found, parser)


def _parser(order: Order) -> Parser:
    conventions = Conventions(
        currency=order.program.money_currency,
        zone=order.program.tzinfo,
        kinds=_kinds(order.program),
        decimal_comma=order.layout.decimal_comma,
        now=order.at,
    )
    return Parser(conventions)


def _up_to(last: int, rows: Iterator[Row]) -> Iterator[Row]:
    for row in rows:
        yield row
        if row.number >= last:
            return


def _kinds(program: Program) -> set[str]:
    """What the product knows, and what the program's own rules reward."""
    return {*Kind.values, *EarningRule.objects.filter(program=program).values_list("kind", flat=True)}


def _chunks(groups: Iterable[Group]) -> Iterator[list[Group]]:
    """Whole purchases, about `ROWS_PER_CHUNK` rows together."""
    chunk: list[Group] = []
    rows = 0
    for group in groups:
        chunk.append(group)
        rows += len(group.rows)
        if rows >= ROWS_PER_CHUNK:
            yield chunk
            chunk, rows = [], 0
    if chunk:
        yield chunk


def _count(chunk: Chunk, groups: list[Group], answers: Iterable[Answer], *, may_wait: bool) -> None:
    answers = iter(answers)
    for group in groups:
        if group.refused:
            chunk.refused.extend(group.refusals())
            continue
        answer = next(answers)
        if may_wait and may_come_later(group, answer):
            chunk.postponed.append(group)
        elif isinstance(answer, Refused):
            refusal = RowRefused(answer.code, answer.field, _sentence(group, answer))
            chunk.refused.extend((row, refusal) for row in group.rows)
        elif answer.duplicate:
            chunk.duplicates += len(group.rows)
        else:
            chunk.imported += len(group.rows) - group.repeated
            chunk.duplicates += group.repeated


def _sentence(group: Group, answer: Refused) -> str:
    """Of a purchase with lines, its others may be what was recorded: only those that stand together are one."""
    if answer.code == "other_content" and group.lines:
        return _(
            "Another activity was recorded under this identifier, or other lines of this purchase: "
            "they must follow each other in the file."
        )
    return answer.message
