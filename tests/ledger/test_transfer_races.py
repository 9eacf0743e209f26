"""Gifts at the same moment count each other; on PostgreSQL, with a control."""

import pytest

from loyalty.ledger import gifts, posting
from loyalty.ledger.audit import audit_ledger
from tests.ledger.conftest import NOON
from tests.racing import AllHaveRead, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def give(program, purse, other_purse):
    purse.earn(1000)
    gifts.set_transfer_policy(program=program, at=NOON, most_per_day=100)

    def give(name):
        return gifts.transfer(
            program=program,
            from_member_id=purse.member.pk,
            to_member_id=other_purse.member.pk,
            points=40,
            at=NOON,
            source="app",
            external_id=str(name),
        )

    return give


def test_a_days_limit_holds_however_many_give_at_once(give, other_purse):
    results = at_once(give, range(8), threads=8)
    assert sum(isinstance(result, gifts.Gift) for result in results) == 2
    assert {result.code for result in results if isinstance(result, Exception)} == {"transfer_limit_day"}
    assert other_purse.figures == (80, 0, 0)
    assert audit_ledger().drift == []


def test_one_gift_sent_eight_times_at_once_is_one(give, other_purse):
    results = at_once(lambda _: give("same"), range(8), threads=8)
    assert len({result.transfer.pk for result in results}) == 1
    assert other_purse.figures == (40, 0, 0)


def test_control_without_the_lock_each_sees_what_the_others_have_not_given_yet(give, other_purse, monkeypatch):
    all_have_read, given, lock = AllHaveRead(4), gifts.given, posting.lock

    def read_and_wait(**terms):
        found = given(**terms)
        all_have_read.wait()
        return found

    class WithoutLock:
        lock = staticmethod(lambda **terms: None)

    monkeypatch.setattr(gifts, "given", read_and_wait)
    monkeypatch.setattr(gifts, "posting", WithoutLock)
    results = at_once(give, range(4), threads=4)
    assert posting.lock is lock
    assert sum(isinstance(result, gifts.Gift) for result in results) == 4
    assert other_purse.figures == (160, 0, 0)
