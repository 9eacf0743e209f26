"""Expiry of a lot of each of 100,000 members against one SQL statement written by hand; both do the same writes.

DATABASE_URL=postgres://… python tests/benchmarks/bench_expiry.py [--members 100000] [--rounds 5]
"""

from datetime import UTC, datetime
from pathlib import Path

from beside import take_turns
from django.db import connection, transaction
from django.db.models import Sum

from loyalty.ledger import operations
from loyalty.ledger.jobs import CHUNK
from loyalty.ledger.models import Account, Allocation, Entry, Lot
from members.models import Enrolment

FIRST_OF_MAY = datetime(2025, 5, 1, tzinfo=UTC)
STATEMENT = Path(__file__).with_name("expiry.sql").read_text()


def chunks(program, members):
    for first in range(1, members + 1, CHUNK):
        with transaction.atomic():
            operations.expire(program=program, at=FIRST_OF_MAY, first_member=first, last_member=first + CHUNK - 1)


def one_statement(program, members):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STATEMENT, {"program": program.pk, "at": FIRST_OF_MAY, "day": "2025-05-01"})


def written():
    sums = [
        (Entry, "points"),
        (Allocation, "points"),
        (Lot, "remaining"),
        (Account, "available"),
        (Enrolment, "balance"),
    ]
    return tuple(model.objects.aggregate(sum=Sum(column))["sum"] for model, column in sums)


if __name__ == "__main__":
    take_turns(
        __doc__.splitlines()[0],
        {"chunks": chunks, "one statement": one_statement},
        prepare=lambda program: None,
        written=written,
    )
