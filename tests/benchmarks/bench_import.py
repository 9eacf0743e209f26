"""The import of purchases against `executemany` of the very rows that it wrote, in one transaction; and its memory.

    [DATABASE_URL=postgres://…] python tests/benchmarks/bench_import.py [--rows 70000] [--rounds 3] [--memory 700000]

The two take turns on fresh databases of their own, made beside the configured one (a temporary file for SQLite) and
removed at the end. The figure is the ratio of the medians of rows per second; `--memory` also imports a file of that
many rows and compares the largest memory of the process with that of the small file.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.config.settings")

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from loyalty.earning.models import EarningRule  # noqa: E402
from loyalty.programs.models import Program  # noqa: E402

PURCHASES_EACH = 3
FIRST_DAY = date(2020, 1, 1)


def write_log(path, rows, seed=1):
    """A log like a shop's: members in order, a few purchases each."""
    chance = random.Random(seed)  # noqa: S311
    with path.open("w") as file:
        file.write("external_id,member,occurred_at,kind,amount,currency,quantity\n")
        for row in range(rows):
            day = FIRST_DAY + timedelta(days=chance.randrange(540))
            amount = chance.randrange(500, 12_000)
            member = row // PURCHASES_EACH
            file.write(f"p-{row:07},{member:06},{day},purchase,{amount // 100}.{amount % 100:02},USD,1\n")


class Databases:
    """Fresh, migrated databases with one program, one after the other."""

    def __init__(self, folder):
        self.configured = connection.settings_dict["NAME"]
        self.is_postgresql = connection.vendor == "postgresql"
        self.name = f"{self.configured}_bench" if self.is_postgresql else f"{folder}/bench.sqlite3"

    def fresh(self):
        self.remove()
        if self.is_postgresql:
            self._run(f'CREATE DATABASE "{self.name}"')
        self._use(self.name)
        call_command("migrate", verbosity=0)
        program = Program.objects.create(code="bench", name="Bench", money_currency="USD", time_zone="UTC")
        EarningRule.objects.create(
            program=program, code="base", name="Base", points=1, per_amount=100, created_at=timezone.now()
        )

    def remove(self):
        self._use(self.configured)
        if self.is_postgresql:
            self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        else:
            for suffix in ("", "-wal", "-shm"):
                Path(self.name + suffix).unlink(missing_ok=True)

    def _use(self, name):
        connection.close()
        connection.settings_dict["NAME"] = name

    def _run(self, statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def import_file(path):
    with open(os.devnull, "w") as nowhere:
        started = time.perf_counter()
        call_command("import_activities", str(path), "--program", "bench", "--enrol", stdout=nowhere)
        return time.perf_counter() - started


def columns():
    """table → its columns, without those that the database works out itself."""
    return {
        model._meta.db_table: [field.column for field in model._meta.local_concrete_fields if not field.generated]
        for model in apps.get_models()
        if model._meta.managed
    }


def counts():
    with connection.cursor() as cursor:
        found = {}
        for table in columns():
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def written_since(before):
    """table → (columns, rows), parents first, as the driver gave them."""
    found = {}
    names = columns()
    with connection.cursor() as cursor:
        for table, count in counts().items():
            if count > before[table]:
                cursor.execute(f"SELECT {', '.join(names[table])} FROM {table} ORDER BY 1")
                rows = [tuple(map(_plain, row)) for row in cursor.fetchall()]
                found[table] = names[table], rows[before[table] :]
    return found


def _plain(value):
    """PostgreSQL hands JSON out as Python and wants text back."""
    return json.dumps(value) if isinstance(value, list | dict) else value


def executemany(tables):
    """Statement preparation is the driver's; the rows are ready in memory."""
    mark = "%s" if connection.vendor == "postgresql" else "?"
    connection.ensure_connection()
    with transaction.atomic():
        started = time.perf_counter()
        cursor = connection.connection.cursor()
        for table, (columns, rows) in tables.items():
            names, marks = ", ".join(columns), ", ".join([mark] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return time.perf_counter() - started


def compare(databases, log, rounds):
    seconds = {"import": [], "executemany": []}
    for _ in range(rounds):
        databases.fresh()
        before = counts()
        seconds["import"].append(import_file(log))
        tables = written_since(before)
        databases.fresh()
        seconds["executemany"].append(executemany(tables))
        assert {table: len(rows) for table, (_columns, rows) in tables.items()} == {
            table: count - before[table] for table, count in counts().items() if count > before[table]
        }
    return seconds, {table: len(rows) for table, (_columns, rows) in tables.items()}


def memory_of_import(databases, log):
    """The largest resident memory, in MB, of a process that does nothing but import the file."""
    databases.fresh()
    settings = dict(os.environ, IMPORTED_LOG=str(log), IMPORT_DATABASE=databases.name)
    done = subprocess.run([sys.executable, __file__, "--only-memory"], env=settings, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def only_memory():
    connection.settings_dict["NAME"] = os.environ["IMPORT_DATABASE"]
    import_file(os.environ["IMPORTED_LOG"])
    # Not getrusage: a process inherits the figure of the one that started it.
    status = Path("/proc/self/status").read_text()
    print(int(status.split("VmHWM:")[1].split()[0]) / 1024)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=70_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, default=0, metavar="ROWS")
    parser.add_argument("--only-memory", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only_memory:
        return only_memory()
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(folder)
        log = Path(folder) / "log.csv"
        write_log(log, options.rows)
        try:
            seconds, written = compare(databases, log, options.rounds)
            report(options.rows, seconds, written)
            if options.memory:
                small = memory_of_import(databases, log)
                write_log(log, options.memory)
                large = memory_of_import(databases, log)
                print(f"memory: {small:.0f} MB for {options.rows:,} rows, {large:.0f} MB for {options.memory:,} rows")
        finally:
            databases.remove()


def report(rows, seconds, written):
    medians = {way: statistics.median(spent) for way, spent in seconds.items()}
    print(f"{connection.vendor}, {rows:,} rows into {', '.join(f'{t} {n:,}' for t, n in written.items())}")
    for way, spent in seconds.items():
        print(f"{way:>12}: {rows / medians[way]:,.0f} rows/s  ({', '.join(f'{each:.2f} s' for each in spent)})")
    print(f"       ratio: {medians['executemany'] / medians['import']:.2f}")


if __name__ == "__main__":
    main()
