"""Writing and reading the outbox.

`emit` belongs into the transaction of what happened. The publisher numbers events after that transaction's commit, so
that the numbers that a reader sees are complete: nothing will ever appear below the highest of them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from loyalty.events.models import Cursor, Event
from loyalty.lib import sql

PUBLISHER = "publisher"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One event to emit. `payload` holds plain values: ids, codes, numbers, texts."""

    kind: str
    program_code: str
    occurred_at: datetime
    recorded_at: datetime
    member_id: int | None = None
    payload: dict = field(default_factory=dict)


def emit(
    *,
    kind: str,
    program_code: str,
    occurred_at: datetime,
    recorded_at: datetime,
    member_id: int | None = None,
    payload: dict | None = None,
) -> Event:
    return Event.objects.create(
        kind=kind,
        program_code=program_code,
        member_id=member_id,
        payload=payload or {},
        occurred_at=occurred_at,
        recorded_at=recorded_at,
    )


def emit_many(happenings: Iterable[Happening]) -> None:
    """Many in one statement, in their order."""
    Event.objects.bulk_create([Event(**vars(happening)) for happening in happenings], batch_size=1000)


def emitting(happenings: Iterable[Happening]) -> sql.Step:
    """The same as a step of `sql.write`, for a batch that writes everything at once."""
    columns = ("kind", "program_code", "member_id", "payload", "occurred_at", "recorded_at")
    rows = [
        (
            happening.kind,
            happening.program_code,
            happening.member_id,
            json.dumps(happening.payload),
            sql.moment(happening.occurred_at),
            sql.moment(happening.recorded_at),
        )
        for happening in happenings
    ]
    return sql.Insert(Event, columns, rows)


def publish(*, limit: int = 10_000) -> int:
    """Number what has been committed, oldest first; returns how many.

    The row of the publisher's cursor is locked until the numbers are committed, so there is one publisher at a time
    and the next one goes on where it ended.
    """
    if not Event.objects.filter(sequence=None).exists():
        return 0
    Cursor.objects.get_or_create(consumer=PUBLISHER)
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update().get(consumer=PUBLISHER)
        published = _number(after=cursor.sequence, limit=limit)
        cursor.sequence += published
        cursor.save(update_fields=["sequence"])
    return published


def read(*, consumer: str, limit: int = 1000) -> list[Event]:
    """The next events for a consumer, in order; the same again until `move` says that they are dealt with.

    Inside a transaction the consumer's cursor is locked: two workers of one consumer take turns.
    """
    Cursor.objects.get_or_create(consumer=consumer)
    cursors = Cursor.objects.select_for_update() if connection.in_atomic_block else Cursor.objects
    after = cursors.get(consumer=consumer).sequence
    return list(Event.objects.filter(sequence__gt=after).order_by("sequence")[:limit])


def move(*, consumer: str, to: int) -> None:
    """Everything up to the number `to` is dealt with. A cursor never goes back."""
    Cursor.objects.filter(consumer=consumer, sequence__lt=to).update(sequence=to)


def _number(*, after: int, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE events_event SET sequence = %s + numbered.place
            FROM (
                SELECT id, row_number() OVER (ORDER BY id) AS place
                FROM events_event WHERE sequence IS NULL ORDER BY id LIMIT %s
            ) AS numbered
            WHERE events_event.id = numbered.id""",
            [after, limit],
        )
        return cursor.rowcount
