"""The verbs that a job runs over a range of members: expiry, activation, and the spending of full steps.

They plan in SQL, in temporary tables, and are written by the same `posting.steps` as a single earn. `at` is 00:00 of
the job's day in the program's zone: what was earned then or later is not seen. Each call is one transaction over the
members `first_member … last_member`, both included; called twice it finds nothing left to do.
"""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from loyalty.ledger import posting
from loyalty.ledger.book import POINTS, Cause, Movement, Plan
from loyalty.ledger.late import LateNight
from loyalty.ledger.models import Entry, PostingKey
from loyalty.lib import sql

# The zero stands in the text: SQLite does not use a partial index for a condition on a parameter.
OPEN = "lot.remaining > 0 AND NOT lot.is_pending"
LAPSED = f"{OPEN} AND lot.expires_at <= %(at)s"
MATURED = "lot.is_pending AND lot.active_at <= %(at)s"
MAY_SPEND = """
    account.currency = %(currency)s
    AND NOT EXISTS (
        SELECT 1 FROM ledger_postingkey spent
        WHERE spent.program_id = %(program)s AND spent.source = %(source)s
          AND spent.external_id = %(day)s || ':' || account.member_id
    )
    AND EXISTS (SELECT 1 FROM members_member member WHERE member.id = account.member_id AND member.status = 'active')"""
SPENDABLE = f"""
    lot.remaining > 0 AND NOT lot.is_pending AND lot.active_at <= %(at)s
    AND (lot.expires_at IS NULL OR lot.expires_at > %(at)s)
    AND account.debt = 0 AND account.available >= %(least)s AND {MAY_SPEND}"""
# An expiry of the job's own midnight is its night's; a refund of that moment comes after it.
TAKEN_LATER = """
    entry.kind IN ('expire', 'reverse') AND entry.effective_at >= %(at)s
    AND NOT (entry.kind = 'expire' AND entry.effective_at = %(at)s)"""


@transaction.atomic
def expire(*, program, at: datetime, first_member: int, last_member: int) -> int:
    """Take what has lapsed by `at` from the lots of these members; returns the points. A closed program keeps none."""
    params = _params(program, at, first_member, last_member)
    due = _lapsed(program, params)
    if not _any_due(due, params):
        return 0
    key, _ = PostingKey.objects.get_or_create(
        program=program, source="expiry", external_id=params["day"], defaults={"recorded_at": timezone.now()}
    )
    _collect(due, params)
    _table("taken", "SELECT lot_id, account_id, currency, member_id, remaining, remaining AS points FROM due_lots")
    _debit(Entry.Kind.EXPIRE, {**params, "key": key.pk}, key="%(key)s")
    return sum(points for _, points in _taken())


def has_lapsed(*, program, at: datetime) -> bool:
    """Whether `expire` would find anything; quick on a night with nothing to do."""
    params = _params(program, at, 0, 0)
    return _has_lots(_lapsed(program, params), params)


def has_matured(*, program, at: datetime) -> bool:
    """Whether `activate_pending` would find anything."""
    return _has_lots(MATURED, _params(program, at, 0, 0))


def has_lapsing(*, program, after: datetime, before: datetime) -> bool:
    """Whether points of any currency lapse in (after, before]."""
    params = {"program": program.pk, "after": sql.moment(after), "before": sql.moment(before)}
    return _has_lots(f"{OPEN} AND lot.expires_at > %(after)s AND lot.expires_at <= %(before)s", params)


def _has_lots(condition: str, params: dict) -> bool:
    # Not a join: SQLite would walk through all accounts instead of the few lots that the partial index holds.
    query = f"""
        SELECT 1 FROM ledger_lot lot WHERE {condition} AND EXISTS (
            SELECT 1 FROM ledger_account account
            WHERE account.id = lot.account_id AND account.program_id = %(program)s
        ) LIMIT 1"""
    return bool(_rows(query, params))


def _lapsed(program, params: dict) -> str:
    is_closed = program.final_expiry_date and params["day"] > program.final_expiry_date.isoformat()
    return OPEN if is_closed else LAPSED


@transaction.atomic
def activate_pending(*, program, at: datetime, first_member: int, last_member: int) -> int:
    """Make usable what has matured by `at`; returns the points. Debts of the members are paid with them first."""
    params = _params(program, at, first_member, last_member)
    if not _any_due(MATURED, params):
        return 0
    _collect(MATURED, params)
    sums = "CAST(SUM(remaining) AS bigint)"
    sql.write(
        posting.steps(
            lot_states="SELECT lot_id AS id, remaining, FALSE AS is_pending FROM due_lots WHERE debt = 0",
            account_changes=f"SELECT account_id AS id, {sums} AS available, -{sums} AS pending, 0 AS debt"
            " FROM due_lots WHERE debt = 0 GROUP BY account_id",
            summary_changes=f"SELECT member_id, {int(program.pk)} AS program_id, {sums} AS balance"
            f" FROM due_lots WHERE debt = 0 AND currency = '{POINTS}' GROUP BY member_id",
        )
    )
    _activate_for_debtors(program, at)
    return int(_rows("SELECT SUM(remaining) FROM due_lots")[0][0])


def _activate_for_debtors(program, at: datetime) -> None:
    """Few, and each pays in its own order: their books do it, one batch for all. Their accounts are locked already."""
    by_currency: dict[str, list[int]] = {}
    for currency, member_id in _rows("SELECT DISTINCT currency, member_id FROM due_lots WHERE debt > 0"):
        by_currency.setdefault(currency, []).append(member_id)
    for currency, member_ids in by_currency.items():
        books = posting.lock(program_id=program.pk, member_ids=member_ids, currency=currency)
        posting.load_lots(books.values())
        plan = Plan()
        for book in books.values():
            book.activate(plan, at)
        posting.write(plan, books.values(), program_id=program.pk, at=timezone.now())


@transaction.atomic
def redeem_steps(
    *,
    program,
    at: datetime,
    step: int,
    source: str,
    first_member: int,
    last_member: int,
    currency: str = POINTS,
    minimum: int = 0,
) -> list[tuple[int, int]]:
    """Spend every full `step` of points that each member can spend at `at`: 350 at a step of 100 gives 300.

    Who can spend less than the `minimum` keeps all of it.

    Returns (member, points). The cause is `source` and "<day>:<member>", so that a day's steps are spent once. Members
    who are blocked keep their points. What refunds and expiries of later took is spent all the same (`late.py`).
    """
    params = _params(program, at, first_member, last_member)
    params |= {"step": step, "source": source, "currency": currency, "least": max(step, minimum)}
    if _overtaken(params):
        _lock_all(params)
    _collect(SPENDABLE, params)
    overtaken = _overtaken(params)  # once more: what was due is locked now
    if not overtaken:
        return _redeem_due(params)
    _leave_out(overtaken)
    return _redeem_due(params) + _redeem_late(program, at, params, overtaken)


def _redeem_due(params: dict) -> list[tuple[int, int]]:
    """Of whom nothing is booked ahead: all members at once."""
    _table(
        "taken",
        """
        SELECT lot_id, account_id, currency, member_id, remaining,
               CASE WHEN upto <= wanted THEN remaining ELSE wanted - (upto - remaining) END AS points
        FROM (SELECT lot_id, account_id, currency, member_id, remaining, upto, total - total %% %(step)s AS wanted
              FROM (SELECT lot_id, account_id, currency, member_id, remaining,
                           CAST(SUM(remaining) OVER (
                               PARTITION BY account_id
                               ORDER BY expires_at IS NULL, expires_at, earned_at, lot_id ROWS UNBOUNDED PRECEDING
                           ) AS bigint) AS upto,
                           CAST(SUM(remaining) OVER (PARTITION BY account_id) AS bigint) AS total
                    FROM due_lots) summed
              WHERE total >= %(least)s) reckoned
        WHERE upto - remaining < wanted""",
        params,
    )
    _table(
        "new_keys",
        f"""
        SELECT {sql.next_id(PostingKey)} AS id, CAST(%(program)s AS bigint) AS program_id, %(source)s AS source,
               %(day)s || ':' || member_id AS external_id, %(now)s AS recorded_at, account_id
        FROM (SELECT DISTINCT account_id, member_id FROM taken) takers""",
        params,
    )
    keys = "SELECT id, program_id, source, external_id, recorded_at FROM new_keys"
    _debit(
        Entry.Kind.REDEEM,
        params,
        key="new_keys.id",
        keys=keys,
        join="JOIN new_keys USING (account_id)",
    )
    return _taken()


def _overtaken(params: dict) -> list[int]:
    """The members of whom a refund or an expiry of later is booked already."""
    query = f"""
        SELECT DISTINCT account.member_id FROM ledger_entry entry
        JOIN ledger_account account ON account.id = entry.account_id
        WHERE {TAKEN_LATER} AND account.program_id = %(program)s
          AND account.member_id BETWEEN %(first)s AND %(last)s AND {MAY_SPEND}"""
    return [member_id for (member_id,) in _rows(query, params)]


def _lock_all(params: dict) -> None:
    """In their order: those that are due and those that are not, so that nobody waits in a ring."""
    lock = "FOR UPDATE" if sql.is_postgresql() else ""
    _rows(
        "SELECT id FROM ledger_account WHERE program_id = %(program)s AND currency = %(currency)s"
        f" AND member_id BETWEEN %(first)s AND %(last)s ORDER BY id {lock}",
        params,
    )


def _leave_out(member_ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM due_lots WHERE member_id {sql.among('members')}", {"members": sql.many(member_ids)}
        )


def _redeem_late(program, at: datetime, params: dict, member_ids: list[int]) -> list[tuple[int, int]]:
    """Few, unless a whole log was loaded: the books of all at once, and one batch to write."""
    books = posting.lock(program_id=program.pk, member_ids=member_ids, currency=params["currency"])
    posting.load_lots(books.values(), closed_too=True)
    later = posting.load_later(books.values(), at=at)
    plan, spent = Plan(), []
    for member_id, book in books.items():
        night = LateNight(book, later[book.account_id], may_owe=program.may_owe)
        movement = Movement(Cause(params["source"], f"{params['day']}:{member_id}"), Entry.Kind.REDEEM.value, at)
        if points := night.redeem_steps(movement, step=params["step"], least=params["least"]):
            plan.add(night.plan)
            spent.append((member_id, points))
    posting.write(plan, books.values(), program_id=program.pk, at=timezone.now())
    return spent


def _params(program, at: datetime, first_member: int, last_member: int) -> dict:
    return {
        "program": program.pk,
        "at": sql.moment(at),
        "now": sql.moment(timezone.now()),
        "day": at.astimezone(program.tzinfo).date().isoformat(),
        "first": first_member,
        "last": last_member,
    }


def _due(condition: str) -> str:
    return f"""
        FROM ledger_lot lot JOIN ledger_account account ON account.id = lot.account_id
        WHERE account.program_id = %(program)s AND lot.member_id BETWEEN %(first)s AND %(last)s
          AND lot.earned_at < %(at)s AND {condition}"""


def _any_due(condition: str, params: dict) -> bool:
    return bool(_rows(f"SELECT 1 {_due(condition)} LIMIT 1", params))


def _collect(condition: str, params: dict) -> None:
    """The lots in question. Both rows are locked, in the accounts' order: the figures are those of the last commit."""
    lock = "FOR UPDATE OF account, lot" if sql.is_postgresql() else ""
    _table(
        "due_lots",
        f"""
        SELECT lot.id AS lot_id, lot.account_id, lot.member_id, lot.remaining, lot.earned_at, lot.expires_at,
               account.currency, account.debt
        {_due(condition)} ORDER BY account.id {lock}""",
        params,
    )


def _debit(kind: Entry.Kind, params: dict, *, key: str, keys: sql.Rows = (), join: str = "") -> None:
    """One entry per account for what `taken` says of its lots."""
    _table(
        "new_entries",
        f"""
        SELECT {sql.next_id(Entry)} AS id, account_id, currency, member_id, {key} AS key_id, %(kind)s AS kind,
               -points AS points, 0 AS shortfall, %(at)s AS effective_at, %(now)s AS recorded_at,
               CAST(NULL AS bigint) AS reverses_id, '' AS reason, CAST(NULL AS integer) AS by_id
        FROM (SELECT account_id, currency, member_id, CAST(SUM(points) AS bigint) AS points
              FROM taken GROUP BY account_id, currency, member_id) sums {join}""",
        {**params, "kind": kind.value},
    )
    sql.write(
        posting.steps(
            keys=keys,
            entries="SELECT * FROM new_entries",
            allocations="SELECT new_entries.id AS entry_id, taken.lot_id, taken.member_id, taken.points"
            " FROM taken JOIN new_entries ON new_entries.account_id = taken.account_id",
            lot_states="SELECT lot_id AS id, remaining - points AS remaining, FALSE AS is_pending FROM taken",
            account_changes="SELECT account_id AS id, points AS available, 0 AS pending, 0 AS debt FROM new_entries",
            summary_changes=f"SELECT member_id, {int(params['program'])} AS program_id, points AS balance"
            f" FROM new_entries WHERE currency = '{POINTS}'",
        )
    )


def _taken() -> list[tuple[int, int]]:
    return _rows("SELECT member_id, -points FROM new_entries ORDER BY id")


def _table(name: str, query: str, params: dict | None = None) -> None:
    until = "ON COMMIT DROP" if sql.is_postgresql() else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(f"CREATE TEMP TABLE {name} {until} AS {query}", params)


def _rows(query: str, params: dict | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()
