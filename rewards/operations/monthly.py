from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from loyalty.ledger import operations as ledger
from loyalty.ledger.currencies import Currency
from loyalty.lib import codes, sql
from loyalty.lib.periods import local_date, start_of_day
from loyalty.programs.models import Program
from rewards.models import Issuance, IssuanceRule, Voucher
from rewards.terms import is_closed

from .announcing import announcing_month
from .issuing import voucher_end

SOURCE = "issuance"  # of points; another currency adds its name


class IssuedMonth(NamedTuple):
    """What one call issued: how many vouchers, for how many points, worth how much in minor units.

    Cash-back is no points: it counts by its vouchers and their value alone.
    """

    vouchers: int = 0
    points: int = 0
    value: int = 0


@transaction.atomic
def issue_month(*, program: Program, at: datetime, first_member: int, last_member: int) -> IssuedMonth:
    """Turn each member's full steps of points, and of cash-back, into a voucher, for the members in the range, both
    ends included.

    `at` is 00:00 of the first of the month in the program's zone, else ValueError. Set-based, and exactly once per
    member and month: the ledger spends a day's steps once, and the vouchers are written in the same transaction.
    """
    month = _month_of(program, at)
    if is_closed(program, at):
        return IssuedMonth()
    vouchers = total_points = total_value = 0
    for rule in IssuanceRule.objects.filter(program=program, is_active=True).order_by("id"):
        spent = ledger.redeem_steps(
            program=program,
            at=at,
            step=rule.points,
            source=SOURCE if rule.currency == Currency.POINTS else f"{SOURCE}:{rule.currency}",
            first_member=first_member,
            last_member=last_member,
            currency=rule.currency,
            minimum=rule.minimum,
        )
        issued = [(member_id, points, points // rule.points * rule.value) for member_id, points in spent]
        _write(program, rule, month, at, issued)
        vouchers += len(issued)
        total_value += sum(value for _, _, value in issued)
        if rule.currency == Currency.POINTS:
            total_points += sum(points for _, points, _ in issued)
    return IssuedMonth(vouchers, total_points, total_value)


def _month_of(program: Program, at: datetime) -> date:
    day = local_date(at, program.tzinfo)
    if day.day != 1 or at != start_of_day(day, program.tzinfo):
        raise ValueError(f"{at} does not start a month in {program.time_zone}")
    return day


def _write(program: Program, rule: IssuanceRule, month: date, at: datetime, issued: list[tuple[int, int, int]]) -> None:
    """All vouchers and issuances of the chunk. Plain rows, because model objects would cost as much again."""
    ids = sql.reserve({Voucher: len(issued), Issuance: len(issued)})
    issued_at, expires_at = sql.moment(at), sql.moment(voucher_end(program, at, rule.voucher_days))
    vouchers, issuances = [], []
    numbered = zip(ids[Voucher], ids[Issuance], codes.generate(len(issued)), issued, strict=True)
    for voucher_id, issuance_id, code, (member_id, points, value) in numbered:
        vouchers.append((voucher_id, code, program.pk, member_id, value, "unused", 0, 1, issued_at, expires_at, "", ""))
        issuances.append((issuance_id, program.pk, member_id, month, rule.currency, points, value, voucher_id))
    sql.write(
        [
            sql.Insert(Voucher, VOUCHER_COLUMNS, vouchers),
            sql.Insert(Issuance, ISSUANCE_COLUMNS, issuances),
            announcing_month(program, month, issued, at=at),
        ]
    )


ISSUANCE_COLUMNS = ("id", "program_id", "member_id", "month", "currency", "points", "value", "voucher_id")
VOUCHER_COLUMNS = (
    "id",
    "code",
    "program_id",
    "member_id",
    "value",
    "state",
    "uses",
    "uses_allowed",
    "issued_at",
    "expires_at",
    "reserved_for",
    "withdrawn_reason",
)
