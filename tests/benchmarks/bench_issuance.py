"""Monthly issuance for 100,000 members against one SQL statement written by hand; both do the same writes.

    DATABASE_URL=postgres://… python tests/benchmarks/bench_issuance.py [--members 100000] [--rounds 5]

Each run has a fresh copy of the same database, so that neither finds the other's dead rows; the two take turns. The
figure is the ratio of the medians. The databases are named after the configured one and removed at the end.
"""

import argparse
import os
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.config.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from loyalty.ledger.audit import audit_ledger  # noqa: E402
from loyalty.programs.models import Program  # noqa: E402
from rewards import operations  # noqa: E402
from rewards.jobs import CHUNK  # noqa: E402
from rewards.models import Issuance, IssuanceRule, Voucher  # noqa: E402

FIRST_OF_MAY = datetime(2025, 5, 1, tzinfo=UTC)
STEP, VALUE = 100, 500
LOTS_EACH = 3
STATEMENT = Path(__file__).with_name("issuance.sql").read_text()

SEED = """
INSERT INTO members_member (id, number, first_name, last_name, name_key, email, phone, language, postcode,
                            preferences, tags, status, created_at)
SELECT n, 'M' || n, '', '', '', '', '', 'en', '', '{{}}', '[]', 'active', now() FROM generate_series(1, {members}) n;
INSERT INTO members_enrolment (member_id, program_id, status, enrolled_at, channel, terms_version, purchases, spend,
                               balance)
SELECT n, {program}, 'active', now(), '', '', 0, 0, {lots} * (40 + n % 100) FROM generate_series(1, {members}) n;
INSERT INTO ledger_account (id, member_id, program_id, currency, available, pending, debt)
SELECT n, n, {program}, 'points', {lots} * (40 + n % 100), 0, 0 FROM generate_series(1, {members}) n;
INSERT INTO ledger_postingkey (id, program_id, source, external_id, recorded_at)
SELECT n * {lots} + k, {program}, 'seed', n || ':' || k, now()
FROM generate_series(1, {members}) n, generate_series(1, {lots}) k;
INSERT INTO ledger_entry (id, account_id, member_id, key_id, kind, points, shortfall, effective_at, recorded_at, reason)
SELECT n * {lots} + k, n, n, n * {lots} + k, 'earn', 40 + n % 100, 0, '2025-03-01', now(), ''
FROM generate_series(1, {members}) n, generate_series(1, {lots}) k;
INSERT INTO ledger_lot (entry_id, account_id, member_id, earned_at, active_at, expires_at, points, remaining,
                        is_pending)
SELECT n * {lots} + k, n, n, '2025-03-01', '2025-03-01', '2026-03-01', 40 + n % 100, 40 + n % 100, false
FROM generate_series(1, {members}) n, generate_series(1, {lots}) k;
"""


def chunks(program, members):
    for first in range(1, members + 1, CHUNK):
        with transaction.atomic():
            operations.issue_month(program=program, at=FIRST_OF_MAY, first_member=first, last_member=first + CHUNK - 1)


def one_statement(program, members):
    with transaction.atomic(), connection.cursor() as cursor:
        params = {"program": program.pk, "at": FIRST_OF_MAY, "day": "2025-05-01", "step": STEP, "value": VALUE}
        cursor.execute(STATEMENT, params)


class Databases:
    """A seeded template and fresh copies of it, beside the configured database."""

    def __init__(self, members):
        self.configured = connection.settings_dict["NAME"]
        self.template, self.copy = f"{self.configured}_bench", f"{self.configured}_bench_copy"
        self.members = members

    def __enter__(self):
        self._remake(self.template)
        call_command("migrate", verbosity=0)
        seed(self.members)
        return self

    def fresh(self):
        self._remake(self.copy, template=self.template)

    def __exit__(self, *exception):
        self._use(self.configured)
        for name in (self.template, self.copy):
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _remake(self, name, template="template1"):
        self._use(self.configured)
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self._use(name)

    def _use(self, name):
        connection.close()
        connection.settings_dict["NAME"] = name

    def _run(self, statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def seed(members):
    program = Program.objects.create(code="bench", name="Bench", money_currency="USD", time_zone="UTC")
    IssuanceRule.objects.create(program=program, points=STEP, value=VALUE)
    with connection.cursor() as cursor:
        cursor.execute(SEED.format(members=members, program=program.pk, lots=LOTS_EACH))
        cursor.execute("SELECT setval('ledger_postingkey_id_seq', 10000000), setval('ledger_entry_id_seq', 10000000)")
        cursor.execute("ANALYZE")


def measure(way, members):
    program = Program.objects.get()
    started = time.perf_counter()
    way(program, members)
    seconds = time.perf_counter() - started
    written = Issuance.objects.count(), Voucher.objects.total_value()
    return seconds, written


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if connection.vendor != "postgresql":
        sys.exit("Set DATABASE_URL to a PostgreSQL database.")
    ways = {"chunks": chunks, "one statement": one_statement}
    seconds = {name: [] for name in ways}
    with Databases(options.members) as databases:
        for _ in range(options.rounds):
            written = set()
            for name, way in ways.items():
                databases.fresh()
                spent, result = measure(way, options.members)
                seconds[name].append(spent)
                written.add(result)
            if len(written) != 1:
                sys.exit(f"The two did not write the same: {written}")
        drift = audit_ledger().drift
    medians = {name: statistics.median(spent) for name, spent in seconds.items()}
    for name, spent in seconds.items():
        print(f"{name:>14}: {medians[name]:.2f} s  ({', '.join(f'{each:.2f}' for each in spent)})")
    print(f"         ratio: {medians['chunks'] / medians['one statement']:.2f}; drift: {len(drift)}")


if __name__ == "__main__":
    main()
