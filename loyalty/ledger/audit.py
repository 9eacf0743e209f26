"""The proof that every point is accounted for: the promises of the ledger, checked from its rows alone.

Each check is one set-based query that finds the accounts where two figures that must be equal are not. It reads
one snapshot without locks, so that what is posted meanwhile does not look like drift.
"""

from dataclasses import asdict, dataclass

from django.db import connection, transaction

from loyalty.ledger.models import Account, Entry
from loyalty.lib import sql

CHECKS = {
    "the sum of the entries is available + pending": """
        SELECT a.id, COALESCE(e.points, 0), a.available + a.pending
        FROM ledger_account a
        LEFT JOIN (SELECT account_id, SUM(points) AS points FROM ledger_entry GROUP BY account_id) e
               ON e.account_id = a.id
        WHERE COALESCE(e.points, 0) <> a.available + a.pending""",
    "available is what active lots hold, less the debt": """
        SELECT a.id, COALESCE(l.points, 0) - a.debt, a.available
        FROM ledger_account a
        LEFT JOIN (SELECT account_id, SUM(remaining) AS points FROM ledger_lot
                   WHERE NOT is_pending GROUP BY account_id) l ON l.account_id = a.id
        WHERE COALESCE(l.points, 0) - a.debt <> a.available""",
    "pending is what pending lots hold": """
        SELECT a.id, COALESCE(l.points, 0), a.pending
        FROM ledger_account a
        LEFT JOIN (SELECT account_id, SUM(remaining) AS points FROM ledger_lot
                   WHERE is_pending GROUP BY account_id) l ON l.account_id = a.id
        WHERE COALESCE(l.points, 0) <> a.pending""",
    "a lot holds its points less what was taken": """
        SELECT l.account_id, l.points - COALESCE(t.points, 0), l.remaining
        FROM ledger_lot l
        LEFT JOIN (SELECT lot_id, SUM(points) AS points FROM ledger_allocation GROUP BY lot_id) t ON t.lot_id = l.id
        WHERE l.points - COALESCE(t.points, 0) <> l.remaining""",
    "a credit opens lots of its points": """
        SELECT e.account_id, e.points, COALESCE(l.points, 0)
        FROM ledger_entry e
        LEFT JOIN (SELECT entry_id, SUM(points) AS points FROM ledger_lot GROUP BY entry_id) l ON l.entry_id = e.id
        WHERE e.points > 0 AND e.kind <> 'reverse' AND e.points <> COALESCE(l.points, 0)""",
    "what a redemption or an expiry took was in lots": """
        SELECT e.account_id, -e.points, COALESCE(t.points, 0)
        FROM ledger_entry e
        LEFT JOIN (SELECT entry_id, SUM(points) AS points FROM ledger_allocation GROUP BY entry_id) t
               ON t.entry_id = e.id
        WHERE e.kind IN ('redeem', 'expire') AND -e.points <> COALESCE(t.points, 0)""",
    "lots and entries name their account's member": """
        SELECT a.id, a.member_id, x.member_id
        FROM (SELECT account_id, member_id FROM ledger_entry
              UNION SELECT account_id, member_id FROM ledger_lot) x
        JOIN ledger_account a ON a.id = x.account_id
        WHERE a.member_id <> x.member_id""",
    "the member's summary shows what is available": """
        SELECT a.id, a.available, r.balance
        FROM ledger_account a
        JOIN members_enrolment r ON r.member_id = a.member_id AND r.program_id = a.program_id
        WHERE a.currency = 'points' AND a.available <> r.balance""",
}


@dataclass(frozen=True, slots=True)
class Drift:
    """One account in which a promise does not hold: what the rows say, and what stands instead."""

    account: int
    promise: str
    expected: int
    found: int


@dataclass(frozen=True, slots=True)
class Audit:
    accounts: int
    entries: int
    drift: list[Drift]

    def as_dict(self) -> dict:
        return asdict(self)


def audit_ledger() -> Audit:
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost and sql.is_postgresql():
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if sql.is_postgresql():
            # Every check reads whole tables. Where statistics lag behind a load, a nested loop would take hours.
            cursor.execute("SET LOCAL enable_nestloop = off")
        drift = []
        for promise, query in CHECKS.items():
            cursor.execute(query)
            drift += [Drift(account, promise, int(expected), int(found)) for account, expected, found in cursor]
        return Audit(Account.objects.count(), Entry.objects.count(), sorted(drift, key=lambda each: each.account))
