"""Monthly issuance for 100,000 members against one SQL statement written by hand; both do the same writes.

DATABASE_URL=postgres://… python tests/benchmarks/bench_issuance.py [--members 100000] [--rounds 5]
"""

from datetime import UTC, datetime
from pathlib import Path

from beside import take_turns
from django.db import connection, transaction

from rewards import operations
from rewards.jobs import CHUNK
from rewards.models import Issuance, IssuanceRule, Voucher

FIRST_OF_APRIL = datetime(2025, 4, 1, tzinfo=UTC)
STEP, VALUE = 100, 500
STATEMENT = Path(__file__).with_name("issuance.sql").read_text()


def chunks(program, members):
    for first in range(1, members + 1, CHUNK):
        with transaction.atomic():
            operations.issue_month(
                program=program, at=FIRST_OF_APRIL, first_member=first, last_member=first + CHUNK - 1
            )


def one_statement(program, members):
    with transaction.atomic(), connection.cursor() as cursor:
        params = {"program": program.pk, "at": FIRST_OF_APRIL, "day": "2025-04-01", "step": STEP, "value": VALUE}
        cursor.execute(STATEMENT, params)


if __name__ == "__main__":
    take_turns(
        __doc__.splitlines()[0],
        {"chunks": chunks, "one statement": one_statement},
        prepare=lambda program: IssuanceRule.objects.create(program=program, points=STEP, value=VALUE),
        written=lambda: (Issuance.objects.count(), Voucher.objects.total_value()),
    )
