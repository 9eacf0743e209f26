"""One earn at a time through `record_activity` against the same rows written by hand, one caller.

    [DATABASE_URL=postgres://…] python tests/benchmarks/bench_earn.py [--earns 500] [--rounds 5]

By hand it is one statement on PostgreSQL and a statement per table on SQLite; both lock the account, are stopped by a
cause that is known, and commit each earn. The two take turns on one database of their own, removed at the end.
"""

import argparse
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import count
from random import Random

from bench_import import Databases
from django.db import connection, transaction

from loyalty.earning.models import Activity
from loyalty.earning.operations import ActivityInput, MemberRef, record_activities, record_activity
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Account
from loyalty.programs.models import Program

MEMBERS = 2000
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
END = datetime(2027, 3, 2, tzinfo=UTC)

# A column that is left out is null. The summary row is found by member and program, the account by itself.
TABLES = {
    "activity": """
        INSERT INTO earning_activity (id, program_id, member_id, source, external_id, fingerprint, kind, occurred_at,
            recorded_at, amount, currency, channel, brand, paid_with, is_history)
        VALUES ({activity}, %(program)s, %(member)s, 'till', %(name)s, 'print', 'purchase', %(now)s, %(now)s,
            %(amount)s, 'USD', '', '', '[]', FALSE)""",
    "decision": """
        INSERT INTO earning_decision (activity_id, member_id, granted, outcomes, created_at)
        VALUES ({activity}, %(member)s, %(points)s, '[{{"rule": "base", "granted": 1}}]', %(now)s)""",
    "event": """
        INSERT INTO events_event (kind, program_code, member_id, payload, occurred_at, recorded_at)
        VALUES ('activity.recorded', 'bench', %(member)s, '{{"kind": "purchase", "source": "till"}}', %(now)s,
            %(now)s)""",
    "key": """
        INSERT INTO ledger_postingkey (id, program_id, source, external_id, recorded_at)
        VALUES ({key}, %(program)s, 'activity:till', %(name)s, %(now)s)""",
    "entry": """
        INSERT INTO ledger_entry (id, account_id, member_id, key_id, kind, points, shortfall, effective_at, recorded_at,
            reason)
        VALUES ({entry}, %(account)s, %(member)s, {key}, 'earn', %(points)s, 0, %(now)s, %(now)s, '')""",
    "lot": """
        INSERT INTO ledger_lot (entry_id, account_id, member_id, earned_at, active_at, expires_at, points, remaining,
            is_pending)
        VALUES ({entry}, %(account)s, %(member)s, %(now)s, %(now)s, %(end)s, %(points)s, %(points)s, FALSE)""",
    "account": "UPDATE ledger_account SET available = available + %(points)s WHERE id = %(account)s",
    "summary": """
        UPDATE members_enrolment SET purchases = purchases + 1, spend = spend + %(amount)s,
            balance = balance + %(points)s, last_activity_at = %(now)s, last_purchase_at = %(now)s
        WHERE member_id = %(member)s AND program_id = %(program)s""",
}


def by_hand_on_postgresql():
    tables = {"activity": "earning_activity", "key": "ledger_postingkey", "entry": "ledger_entry"}
    ids = {name: f"(SELECT {name} FROM ids)" for name in tables}
    fresh = ", ".join(f"nextval('{table}_id_seq') AS {name}" for name, table in tables.items())
    steps = ", ".join(f"{name}_ AS ({text.format(**ids)})" for name, text in TABLES.items())
    statement = f"WITH ids AS (SELECT {fresh}), {steps} SELECT 1"

    def earn(params):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, params)

    return earn


def by_hand_on_sqlite():
    tables = {"activity": "earning_activity", "key": "ledger_postingkey", "entry": "ledger_entry"}
    last = {name: f"(SELECT seq + %s FROM sqlite_sequence WHERE name = '{table}')" for name, table in tables.items()}
    own = ("activity", "key", "entry")  # the steps that take a new number; those after them use it
    statements, taken = [], set()
    for name, text in TABLES.items():
        ids = {each: number.replace("%s", "0" if each in taken else "1") for each, number in last.items()}
        statements.append(text.format(**ids))
        taken |= {name} & set(own)

    def earn(params):
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, params)

    return earn


def through_the_verb(params):
    activity = ActivityInput(
        external_id=params["name"],
        member=MemberRef("id", str(params["member"])),
        kind="purchase",
        occurred_at=NOW,
        amount=params["amount"],
    )
    record_activity(program=params["object"], source="till", activity=activity, at=NOW)


def seed(program):
    activities = [
        ActivityInput(f"first-{number}", MemberRef("external_id", f"{number:05}"), "purchase", NOW, 1000)
        for number in range(MEMBERS)
    ]
    record_activities(program=program, source="till", activities=activities, at=NOW, history=True, enrol=True)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--earns", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    is_postgresql = connection.vendor == "postgresql"
    ways = {
        "record_activity": through_the_verb,
        "by hand": by_hand_on_postgresql() if is_postgresql else by_hand_on_sqlite(),
    }
    rates = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(folder)
        try:
            databases.fresh()
            program = Program.objects.get()
            seed(program)
            accounts = list(Account.objects.values_list("id", "member_id"))
            chance, numbers = Random(1), count(1)  # noqa: S311
            for _ in range(options.rounds):
                for name, way in ways.items():
                    rates[name].append(rate(way, program, accounts, chance, numbers, options.earns))
            wanted = MEMBERS * 2 + options.earns * options.rounds * len(ways)  # a sign-up and a first purchase each
            if Activity.objects.count() != wanted or audit_ledger().drift:
                sys.exit("The two did not write the same.")
        finally:
            databases.remove()
    medians = {name: statistics.median(each) for name, each in rates.items()}
    for name, each in rates.items():
        print(f"{name:>16}: {medians[name]:,.0f}/s  ({', '.join(f'{one:,.0f}' for one in each)})")
    print(f"{'ratio':>16}: {medians['record_activity'] / medians['by hand']:.2f} on {connection.vendor}")


def rate(way, program, accounts, chance, numbers, earns):
    """Earns per second."""
    moments = {"now": NOW, "end": END}
    if connection.vendor != "postgresql":
        moments = {name: moment.strftime("%Y-%m-%d %H:%M:%S") for name, moment in moments.items()}
    started = time.perf_counter()
    for number in (next(numbers) for _ in range(earns)):
        account, member = accounts[chance.randrange(len(accounts))]
        points = chance.randrange(5, 100)
        params = {"account": account, "member": member, "points": points, "amount": points * 100, "name": f"t-{number}"}
        way({**params, **moments, "program": program.pk, "object": program})
    return earns / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
