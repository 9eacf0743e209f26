"""Tills that pay and refund at the same moment: points and vouchers are used once and returned once."""

import pytest

from loyalty.earning import paying
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.queries import balance
from rewards.models import Redemption, VoucherUse
from rewards.operations import issue_voucher
from tests.earning.desk import DAY, NOON
from tests.factories.rewards import BurnRuleFactory, RewardFactory, give_points
from tests.racing import AllHaveRead, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
BEFORE = NOON - 10 * DAY


@pytest.fixture
def points(program, ana):
    BurnRuleFactory(program=program)
    give_points(program, ana, 500, at=BEFORE)


def held(desk):
    return balance(program=desk.program, member_id=desk.member.pk, at=NOON + DAY).available


def test_a_sale_that_is_sent_eight_times_at_once_pays_once(desk, points, program, ana):
    voucher = issue_voucher(program=program, reward=RewardFactory(program=program), member_id=ana.pk, at=BEFORE)
    sale = desk.activity(25, redeem_points=200, vouchers=(voucher.code,))
    answers = at_once(lambda _number: desk.hand_in(sale), range(8))
    assert sum(not answer.duplicate for answer in answers) == 1
    assert (held(desk), Redemption.objects.count(), VoucherUse.objects.count()) == (315, 1, 1)
    assert not audit_ledger().drift


def test_a_voucher_pays_one_of_eight_sales(desk, program, ana):
    voucher = issue_voucher(program=program, reward=RewardFactory(program=program), member_id=ana.pk, at=BEFORE)
    sales = [desk.activity(25, vouchers=(voucher.code,)) for _ in range(8)]
    answers = at_once(desk.hand_in, sales)
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert {answer.field for answer in refused} == {"vouchers"}
    assert (len(refused), desk.points) == (7, 25)


def both_halves(desk):
    desk.record(25, external_id="sale", redeem_points=200)
    halves = [desk.activity(part, day=1, kind="refund", refunds="sale") for part in (10, 15)]
    at_once(desk.hand_in, halves)
    return Redemption.objects.get().state


def test_two_halves_that_are_refunded_at_once_return_the_points(desk, points):
    assert both_halves(desk) == "rolled_back"
    assert held(desk) == 500
    assert not audit_ledger().drift


def test_control_without_the_lock_neither_half_would_be_the_last(desk, points, monkeypatch):
    all_have_read, purchases = AllHaveRead(2), paying.purchases

    def read_and_wait(**terms):
        found = purchases(**terms)
        all_have_read.wait()
        return found

    monkeypatch.setattr(paying, "Batch", lambda **terms: None)
    monkeypatch.setattr(paying, "purchases", read_and_wait)
    assert both_halves(desk) == "done"
