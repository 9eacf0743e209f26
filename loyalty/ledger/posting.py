"""The one way points are written: lock the accounts, let their books plan, write the plan.

Every verb, a single earn, a batch, an import and a nightly job end in `steps`: keys, entries, lots, allocations and
the differences of lots, accounts and summary rows. Races are settled by the lock on the account's row (on SQLite by
the transaction's write lock), and by the unique cause.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import connection

from loyalty.ledger.book import POINTS, Book, Cause, Lot, Plan
from loyalty.ledger.late import Later, Taking
from loyalty.ledger.models import Account, Allocation, Entry, PostingKey
from loyalty.ledger.models import Lot as LotRow
from loyalty.lib import sql
from members.models import Enrolment


def steps(
    *,
    keys: sql.Rows = (),
    entries: sql.Rows = (),
    lots: sql.Rows = (),
    allocations: sql.Rows = (),
    lot_states: sql.Rows = (),
    account_changes: sql.Rows = (),
    summary_changes: sql.Rows = (),
) -> list[sql.Step]:
    """One posting. Each argument is rows, or the name of a temporary table with the same columns."""
    return [
        sql.Insert(PostingKey, ("id", "program_id", "source", "external_id", "recorded_at"), keys),
        sql.Insert(Entry, ENTRY_COLUMNS, entries),
        sql.Insert(LotRow, LOT_COLUMNS, lots),
        sql.Insert(Allocation, ("entry_id", "lot_id", "member_id", "points"), allocations),
        sql.Update(LotRow, ("id",), ("remaining", "is_pending"), lot_states),
        sql.Update(Account, ("id",), SUMS, account_changes, adds=frozenset(SUMS)),
        sql.Update(Enrolment, ("member_id", "program_id"), ("balance",), summary_changes, adds=frozenset(["balance"])),
    ]


SUMS = ("available", "pending", "debt")
ENTRY_COLUMNS = (
    "id",
    "account_id",
    "member_id",
    "key_id",
    "kind",
    "points",
    "shortfall",
    "effective_at",
    "recorded_at",
    "reverses_id",
    "reason",
    "by_id",
)
LOT_COLUMNS = (
    "id",
    "entry_id",
    "account_id",
    "member_id",
    "earned_at",
    "active_at",
    "expires_at",
    "points",
    "remaining",
    "is_pending",
)


def lock(*, program_id: int, member_ids: Collection[int], currency: str = POINTS) -> dict[int, Book]:
    """The members' books, locked until the transaction ends, in the order of their ids: nobody waits in a ring."""
    books = _lock_existing(program_id, member_ids, currency)
    if missing := set(member_ids) - books.keys():
        _open(program_id, sorted(missing), currency)
        books = _lock_existing(program_id, member_ids, currency)
    return books


def _lock_existing(program_id: int, member_ids: Collection[int], currency: str) -> dict[int, Book]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, member_id, available, pending, debt FROM ledger_account"
            f" WHERE program_id = %(program)s AND currency = %(currency)s AND member_id {sql.among('members')}"
            f" ORDER BY id{' FOR UPDATE' if sql.is_postgresql() else ''}",
            {"program": program_id, "currency": currency, "members": sql.many(member_ids)},
        )
        return {row[1]: Book(*row, currency) for row in cursor.fetchall()}


def _open(program_id: int, member_ids: Collection[int], currency: str) -> None:
    """Empty accounts for members who have none; another process may have opened one meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_account (member_id, program_id, currency, available, pending, debt)"
            f" SELECT value, %(program)s, %(currency)s, 0, 0, 0 FROM {sql.each('members')}"
            " WHERE true ON CONFLICT DO NOTHING",
            {"program": program_id, "currency": currency, "members": sql.many(member_ids)},
        )


def load_lots(books: Iterable[Book], *, closed_too: bool = False) -> None:
    """Give the books their open lots; all of them where an undone debit may fill a closed one again."""
    by_account = {book.account_id: book for book in books}
    lots = LotRow.objects.filter(account_id__in=by_account)
    rows = (lots if closed_too else lots.filter(remaining__gt=0)).values_list(
        "account_id", "entry_id", "earned_at", "active_at", "expires_at", "points", "remaining", "is_pending", "id"
    )
    for account_id, *values, remaining, is_pending, number in rows:
        book = by_account[account_id]
        book.lots.append(Lot(book, *values, remaining, is_pending, number, (remaining, is_pending)))


def load_later(books: Collection[Book], *, at: datetime) -> dict[int, Later]:
    """By account, what is booked from that moment on. An expiry of that very moment belongs before it."""
    accounts = [book.account_id for book in books]
    found: dict[int, Later] = defaultdict(Later)
    takings: dict[int, Taking] = {}
    first: dict[tuple[int, int, str], Taking] = {}
    rows = (
        Allocation.objects.filter(lot__account_id__in=accounts, entry__effective_at__gte=at)
        .exclude(entry__kind=Entry.Kind.EXPIRE, entry__effective_at=at)
        .order_by("entry__effective_at", "entry_id", "id")
        .values_list("lot__account_id", "lot_id", "points", "entry__reversed_by", *TAKING)
    )
    for account_id, lot_id, points, undone_by, *told in rows:
        later, taking = found[account_id], Taking(*told)
        later.gone[lot_id] += points
        if taking.kind not in (Entry.Kind.EXPIRE, Entry.Kind.REVERSE) or points < 0:
            continue
        taking = takings.setdefault(taking.entry_id, taking)
        origin = first.setdefault((account_id, taking.key_id, taking.kind), taking)
        taking.first_took = origin.first_took
        if taking is origin:
            origin.first_took.append(lot_id)
        if undone_by is None:
            if not taking.parts:
                later.takings.append(taking)
            taking.parts[lot_id] = points
    for account_id, entry_id, key_id in LotRow.objects.filter(account_id__in=found).values_list(
        "account_id", "entry_id", "entry__key_id"
    ):
        found[account_id].key_of[entry_id] = key_id
    return found


TAKING = ("entry_id", "entry__key_id", "entry__kind", "entry__effective_at", "entry__reason", "entry__by_id")


def needs(plan: Plan) -> dict:
    """How many primary keys the plan takes; for `sql.reserve`."""
    return {PostingKey: len(plan.causes), Entry: len(plan.entries), LotRow: len(plan.lots)}


def plan_steps(plan: Plan, books: Collection[Book], ids: Mapping, *, program_id: int, at: datetime) -> list[sql.Step]:
    """What the books planned, with the primary keys that were reserved for it."""
    moment = sql.moment
    now = moment(at)
    keys = dict(zip(plan.causes, ids[PostingKey], strict=False))
    for entry, number in zip(plan.entries, ids[Entry], strict=False):
        entry.id = number
    for lot, number in zip(plan.lots, ids[LotRow], strict=False):
        lot.id = number
    return steps(
        keys=[(number, program_id, *cause, now) for cause, number in keys.items()],
        entries=[
            (
                entry.id,
                entry.book.account_id,
                entry.book.member_id,
                keys[entry.cause] if isinstance(entry.cause, Cause) else entry.cause.key_id,
                entry.kind,
                entry.points,
                entry.shortfall,
                moment(entry.effective_at),
                now,
                entry.reverses_id,
                entry.reason,
                entry.by_id,
            )
            for entry in plan.entries
        ],
        lots=[
            (
                lot.id,
                _id(lot.entry),
                lot.book.account_id,
                lot.book.member_id,
                moment(lot.earned_at),
                moment(lot.active_at),
                moment(lot.expires_at),
                lot.points,
                lot.remaining,
                lot.is_pending,
            )
            for lot in plan.lots
        ],
        allocations=[(_id(entry), lot.id, lot.book.member_id, points) for entry, lot, points in plan.allocations],
        **_changes(books, program_id),
    )


def _changes(books: Collection[Book], program_id: int) -> dict[str, list]:
    accounts = [
        (book, book.available - was[0], book.pending - was[1], book.debt - was[2])
        for book in books
        if (was := book.was) != (book.available, book.pending, book.debt)
    ]
    return {
        "lot_states": [
            (lot.id, lot.remaining, lot.is_pending)
            for book in books
            for lot in book.lots
            if lot.was is not None and lot.was != (lot.remaining, lot.is_pending)
        ],
        "account_changes": [(book.account_id, *changes) for book, *changes in accounts],
        "summary_changes": [
            (book.member_id, program_id, change) for book, change, *_ in accounts if change and book.currency == POINTS
        ],
    }


def _id(entry) -> int:
    return entry if isinstance(entry, int) else entry.id


def write(plan: Plan, books: Collection[Book], *, program_id: int, at: datetime) -> None:
    """Reserve the keys and write the plan. A caller with rows of its own combines `needs` and `plan_steps` itself."""
    ids = sql.reserve(needs(plan))
    sql.write(plan_steps(plan, books, ids, program_id=program_id, at=at))
