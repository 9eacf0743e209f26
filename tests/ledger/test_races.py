"""Callers at the same moment, on PostgreSQL, with a control that shows the race when the lock is taken away."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import DatabaseError, connection

from loyalty.ledger import operations as ledger
from loyalty.ledger import posting
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Entry
from tests.ledger.conftest import NOON

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(callers, call):
    """What each of the callers, starting together, got: a result or the exception."""
    start = Barrier(callers)

    def one(number):
        start.wait()
        try:
            return call(number)
        except (ledger.LedgerError, DatabaseError) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(one, range(callers)))


def test_points_are_spent_once_however_many_ask(purse):
    purse.earn(100)
    results = at_once(8, lambda number: purse.redeem(30, cause=ledger.Cause("race", str(number))))
    assert sum(isinstance(result, ledger.Posted) for result in results) == 3
    assert sum(isinstance(result, ledger.InsufficientPoints) for result in results) == 5
    assert purse.figures == (10, 0, 0)
    assert audit_ledger().drift == []


def test_one_cause_has_one_effect_however_many_report_it(purse):
    purse.earn(1)
    results = at_once(8, lambda number: purse.earn(50, cause=ledger.Cause("till", "receipt-1")))
    assert len({result.entry_ids for result in results}) == 1
    assert sum(not result.replayed for result in results) == 1
    assert purse.figures == (51, 0, 0)


def test_two_members_who_give_each_other_points_do_not_wait_for_ever(purse, other_purse, program):
    purse.earn(100)
    other_purse.earn(100)

    def swap(number):
        giver, taker = (purse, other_purse) if number % 2 else (other_purse, purse)
        return ledger.transfer(
            program=program,
            from_member_id=giver.member.pk,
            to_member_id=taker.member.pk,
            points=10,
            cause=ledger.Cause("race", str(number)),
            at=NOON,
        )

    results = at_once(8, swap)
    assert all(isinstance(result, ledger.Posted) for result in results), results
    assert (purse.figures, other_purse.figures) == ((100, 0, 0), (100, 0, 0))
    assert audit_ledger().drift == []


def test_expiry_and_a_redemption_share_the_points_between_them(purse):
    purse.earn(100, until=20)

    def either(number):
        return purse.night(day=20) if number % 2 else purse.redeem(60, day=19, cause=ledger.Cause("race", str(number)))

    at_once(6, either)
    assert audit_ledger().drift == []
    assert sum(Entry.objects.values_list("points", flat=True)) == 0


def test_control_without_the_lock_the_same_points_are_taken_twice(purse, monkeypatch):
    """The row lock is what settles the race: without it both read the lot before either writes it."""
    purse.earn(100)
    both_have_read = Barrier(2, timeout=30)
    load_lots = posting.load_lots

    def load_and_wait(*args, **kwargs):
        load_lots(*args, **kwargs)
        both_have_read.wait()

    def without_the_lock(execute, statement, params, many, context):
        return execute(statement.replace("FOR UPDATE", ""), params, many, context)

    def redeem(number):
        with connection.execute_wrapper(without_the_lock):
            return purse.redeem(40, cause=ledger.Cause("race", str(number)))

    monkeypatch.setattr(posting, "load_lots", load_and_wait)
    at_once(2, redeem)
    assert purse.account.lots.get().remaining == 60
    assert audit_ledger().drift != []


def test_an_audit_sees_one_moment_whatever_is_posted_meanwhile(purse):
    purse.earn(1)
    with ThreadPoolExecutor(1) as pool:

        def post(number):
            try:
                purse.earn(number + 1, cause=ledger.Cause("race", str(number)))
            finally:
                connection.close()

        posting_on = pool.map(post, range(60))
        drifts = [audit_ledger().drift for _ in range(15)]
        list(posting_on)
    assert drifts == [[]] * 15
