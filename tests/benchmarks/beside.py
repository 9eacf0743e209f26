"""What the benchmarks of the nightly jobs share: a seeded database, fresh copies of it, and two ways taking turns.

Each run has a fresh copy of the same database, so that neither way finds the other's dead rows. The figure is the ratio
of the medians. The databases are named after the configured one and removed at the end.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.config.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from loyalty.ledger.audit import audit_ledger  # noqa: E402
from loyalty.programs.models import Program  # noqa: E402

LOTS_EACH = 3

# The first lot of each member ends on 1 May 2025, the others in 2026.
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
SELECT n * {lots} + k, n, n, '2025-03-01', '2025-03-01',
       CASE WHEN k = 1 THEN timestamptz '2025-05-01 00:00Z' ELSE '2026-03-01' END, 40 + n % 100, 40 + n % 100, false
FROM generate_series(1, {members}) n, generate_series(1, {lots}) k;
"""


def take_turns(title: str, ways: dict[str, Callable], *, prepare: Callable, written: Callable) -> None:
    """Measure the first way against the second. `written` says what a run wrote: both must have written the same."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if connection.vendor != "postgresql":
        sys.exit("Set DATABASE_URL to a PostgreSQL database.")
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    with Databases(options.members, prepare) as databases:
        for _ in range(options.rounds):
            results = set()
            for name, way in ways.items():
                databases.fresh()
                program = Program.objects.get()
                started = time.perf_counter()
                way(program, options.members)
                seconds[name].append(time.perf_counter() - started)
                results.add(written())
            if len(results) != 1:
                sys.exit(f"The two did not write the same: {results}")
        drift = audit_ledger().drift
    medians = {name: statistics.median(spent) for name, spent in seconds.items()}
    for name, spent in seconds.items():
        print(f"{name:>14}: {medians[name]:.2f} s  ({', '.join(f'{each:.2f}' for each in spent)})")
    ours, by_hand = medians.values()
    print(f"{'ratio':>14}: {ours / by_hand:.2f}; drift: {len(drift)}")


class Databases:
    """A seeded template and fresh copies of it, beside the configured database."""

    def __init__(self, members: int, prepare: Callable):
        self.configured = connection.settings_dict["NAME"]
        self.template, self.copy = f"{self.configured}_bench", f"{self.configured}_bench_copy"
        self.members, self.prepare = members, prepare

    def __enter__(self):
        self._remake(self.template)
        call_command("migrate", verbosity=0)
        program = Program.objects.create(code="bench", name="Bench", money_currency="USD", time_zone="UTC")
        self.prepare(program)
        with connection.cursor() as cursor:
            cursor.execute(SEED.format(members=self.members, program=program.pk, lots=LOTS_EACH))
            cursor.execute(
                "SELECT setval('ledger_postingkey_id_seq', 10000000), setval('ledger_entry_id_seq', 10000000)"
            )
            cursor.execute("ANALYZE")
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
