"""Whose points a redemption may take: the member's own, or those of a household that pools."""

from datetime import datetime

from loyalty.ledger import operations as ledger
from loyalty.ledger import queries as ledger_queries
from loyalty.ledger.currencies import Currency
from loyalty.programs.models import Program
from members.operations import lock_pool
from members.queries import pool_of


def spendable(*, program: Program, member_id: int, at: datetime, currency: str = Currency.POINTS) -> int:
    """What the member can spend at that moment, alone or with the household."""
    pool = pool_of(program=program, member_id=member_id, at=at)
    return ledger_queries.pooled_balance(program=program, member_ids=pool, at=at, currency=currency).available


def spend(
    *,
    program: Program,
    member_id: int,
    points: int,
    cause: ledger.Cause,
    at: datetime,
    by=None,
    currency: str = Currency.POINTS,
) -> None:
    """Take the points, soonest to expire first, wherever in the pool they lie."""
    pool = lock_pool(program=program, member_id=member_id, at=at)
    ledger.redeem_pooled(program=program, member_ids=pool, points=points, cause=cause, at=at, by=by, currency=currency)
