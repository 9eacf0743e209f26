"""Set-based reads of facts: one statement each, however many members, periods or activities there are.

They answer with plain tuples and know no rates and no models of behaviour; `queries` does. They read from the database
that settings name for analytics. PostgreSQL and SQLite differ in `local_day` and `numbered_purchases`.

A purchase day is a local day of the program on which a member bought, however often and for however little. Whoever
was merged into another member is that person: activities stay booked where they were, and count for the one who stays.
"""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connections

from analytics.local_days import is_postgresql, local_day
from loyalty.earning.models import Activity, Kind
from loyalty.ledger.currencies import POINTS
from loyalty.ledger.models import Account, Entry
from loyalty.lib.periods import local_date, start_of_day
from loyalty.programs.models import Program
from members.models import Enrolment, Member

ACTIVITY = Activity._meta.db_table
# Those who were merged are few, so that this finds them by their index and costs next to nothing.
MERGED = (
    f"LEFT JOIN (SELECT id, merged_into_id FROM {Member._meta.db_table} WHERE merged_into_id IS NOT NULL) AS merged "
    f"ON merged.id = {ACTIVITY}.member_id"
)
BY_PERSON = f"{ACTIVITY} {MERGED}"
PERSON = f"COALESCE(merged.merged_into_id, {ACTIVITY}.member_id)"
ACCOUNT, ENTRY = Account._meta.db_table, Entry._meta.db_table


def fetch(statement: str, params: list[Any]) -> list[tuple]:
    with connections[settings.ANALYTICS_DATABASE].cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def stored(moment: datetime) -> Any:
    """The moment as the database compares it."""
    return connections[settings.ANALYTICS_DATABASE].ops.adapt_datetimefield_value(moment)


def active_members(program: Program, starts: list[date], end: date) -> dict[int, tuple[int, int, int]]:
    """By number of the period (active, new, also active in the period before). Period 0 is all that was before.

    Periods begin at `starts` and follow one another up to `end`; those in which nobody bought are left out.
    """
    source, params = numbered_purchases(program, [start_of_day(day, program.tzinfo) for day in [*starts, end]])
    statement = f"""
        WITH active AS (SELECT DISTINCT member_id, period FROM ({source}) AS numbered),
        history AS (
            SELECT period, LAG(period) OVER (PARTITION BY member_id ORDER BY period) AS earlier FROM active
        )
        SELECT period, COUNT(*), COUNT(*) - COUNT(earlier), SUM(CASE WHEN earlier = period - 1 THEN 1 ELSE 0 END)
        FROM history GROUP BY period
    """
    return {period: (active, new, returned) for period, active, new, returned in fetch(statement, params)}


def numbered_purchases(program: Program, bounds: list[datetime]) -> tuple[str, list[Any]]:
    """The purchases before the last bound, each with the number of bounds that it has reached."""
    moments = [stored(bound) for bound in bounds]
    bought = f"FROM {BY_PERSON} WHERE program_id = %s AND kind = '{Kind.PURCHASE}' AND occurred_at"
    if is_postgresql():
        number = "width_bucket(occurred_at, %s::timestamptz[])"
        return f"SELECT {PERSON} AS member_id, {number} AS period {bought} < %s", [moments, program.pk, moments[-1]]
    # SQLite walks its index once per period; comparing each row with each bound would take longer.
    ends = list(enumerate(moments))
    rows = ", ".join(["(%s, %s, %s)"] * len(ends))
    statement = f"""
        SELECT {PERSON} AS member_id, column1 AS period FROM (VALUES {rows}) CROSS JOIN {BY_PERSON}
        WHERE program_id = %s AND kind = '{Kind.PURCHASE}' AND occurred_at >= column2 AND occurred_at < column3
    """
    bounds_of = [value for number, end in ends for value in (number, moments[number - 1] if number else "", end)]
    return statement, [*bounds_of, program.pk]


def purchase_days(program: Program, before: date | None = None) -> tuple[str, list[Any]]:
    """The opening of a statement: `days` with one row per member and purchase day, and its amount in minor units."""
    bound = "AND occurred_at < %s" if before else ""
    statement = f"""
        WITH days AS MATERIALIZED (
            SELECT {PERSON} AS member_id, {local_day("occurred_at", program.time_zone)} AS day, SUM(amount) AS amount
            FROM {BY_PERSON} WHERE program_id = %s AND kind = '{Kind.PURCHASE}' {bound}
            GROUP BY {PERSON}, day
        )
    """
    return statement, [program.pk, *([stored(start_of_day(before, program.tzinfo))] if before else [])]


def purchase_histories(program: Program, before: date) -> list[tuple]:
    """By member: id, purchase days, first day, last day, amount of all days but the first, amount of all days."""
    days, params = purchase_days(program, before)
    statement = f"""
        {days}, members AS (
            SELECT member_id, COUNT(*) AS days, MIN(day) AS first_day, MAX(day) AS last_day, SUM(amount) AS amount
            FROM days GROUP BY member_id
        )
        SELECT member_id, members.days, first_day, last_day, members.amount - days.amount, members.amount
        FROM members JOIN days USING (member_id) WHERE day = first_day ORDER BY member_id
    """
    return fetch(statement, params)


def refunded_amounts(program: Program, before: date) -> dict[int, int]:
    """By member, in minor units."""
    statement = f"""
        SELECT {PERSON}, SUM(amount) FROM {BY_PERSON}
        WHERE program_id = %s AND kind = '{Kind.REFUND}' AND occurred_at < %s GROUP BY {PERSON}
    """
    moment = stored(start_of_day(before, program.tzinfo))
    return {member: int(amount) for member, amount in fetch(statement, [program.pk, moment])}


def later_purchase_days(program: Program, after: date, before: date) -> int:
    """Purchase days between the two, of members who had bought by `after`."""
    days, params = purchase_days(program, before)
    shown = after if is_postgresql() else after.isoformat()
    statement = f"""
        {days} SELECT COUNT(*) FROM days
        WHERE day > %s AND member_id IN (SELECT member_id FROM days WHERE day <= %s)
    """
    return fetch(statement, [*params, shown, shown])[0][0]


def purchase_totals(program: Program) -> tuple[int, int, int]:
    """Purchase days of all members, members with at least two of them, amount in minor units."""
    days, params = purchase_days(program)
    statement = f"""
        {days} SELECT COALESCE(SUM(days), 0), COUNT(CASE WHEN days > 1 THEN 1 END), COALESCE(SUM(amount), 0)
        FROM (SELECT COUNT(*) AS days, SUM(amount) AS amount FROM days GROUP BY member_id) AS members
    """
    found, repeaters, amount = fetch(statement, params)[0]
    return int(found), repeaters, int(amount)


def activity_totals(program: Program) -> dict[str, tuple[int, int]]:
    """By kind: how many, and their amount in minor units."""
    statement = f"SELECT kind, COUNT(*), SUM(amount) FROM {ACTIVITY} WHERE program_id = %s GROUP BY kind"
    return {kind: (count, int(amount)) for kind, count, amount in fetch(statement, [program.pk])}


def points_by_month(program: Program, before: date | None = None) -> list[tuple[str, str, int]]:
    """Sums of the entries of points by month of the program and effect; the month is the ISO text of its first day.

    A reversal counts where what it undoes counted. One that a refund caused names no entry: it takes back what was
    earned.
    """
    bound = "AND entry.effective_at < %s" if before else ""
    day = local_day("entry.effective_at", program.time_zone)
    month = f"to_char({day}, 'YYYY-MM-01')" if is_postgresql() else f"substr({day}, 1, 7) || '-01'"
    statement = f"""
        SELECT month, effect, SUM(points) FROM (
            SELECT {month} AS month, entry.points, CASE
                WHEN entry.kind <> '{Entry.Kind.REVERSE}' THEN entry.kind
                WHEN undone.kind <> '{Entry.Kind.REVERSE}' THEN undone.kind
                WHEN undone.kind IS NOT NULL THEN '{Entry.Kind.EARN}'
                WHEN entry.points < 0 THEN '{Entry.Kind.EARN}' ELSE '{Entry.Kind.REDEEM}' END AS effect
            FROM {ENTRY} AS entry JOIN {ACCOUNT} AS account ON account.id = entry.account_id
            LEFT JOIN {ENTRY} AS undone ON undone.id = entry.reverses_id
            WHERE account.program_id = %s AND account.currency = '{POINTS}' {bound}
        ) AS movements
        GROUP BY month, effect ORDER BY month
    """
    params = [program.pk, stored(start_of_day(before, program.tzinfo))] if before else [program.pk]
    return [(month, effect, int(points)) for month, effect, points in fetch(statement, params)]


def first_and_last_purchase(program: Program, before: date | None = None) -> tuple[date, date] | None:
    """The local days of the program's first and last purchase; None where there is none."""
    purchases = Activity.objects.using(settings.ANALYTICS_DATABASE).filter(program=program, kind=Kind.PURCHASE)
    if before:
        purchases = purchases.filter(occurred_at__lt=start_of_day(before, program.tzinfo))
    # Asked for one by one, each is the end of an index; asked for together, they are a walk through all of it.
    moments = purchases.order_by("occurred_at").values_list("occurred_at", flat=True)
    first, last = moments.first(), moments.last()
    if first is None or last is None:
        return None
    return local_date(first, program.tzinfo), local_date(last, program.tzinfo)


def enrolled_members(program: Program) -> int:
    """Everybody who ever enrolled, once: who left has purchases in the other figures too."""
    enrolled = Enrolment.objects.using(settings.ANALYTICS_DATABASE).filter(program=program)
    return enrolled.filter(member__merged_into__isnull=True).count()
