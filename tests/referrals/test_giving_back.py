"""The first purchase given back: no reward within the window, the reward undone after it; what was used stays."""

import pytest

from loyalty.earning.operations import exchange
from loyalty.ledger import operations as ledger
from loyalty.ledger.audit import audit_ledger
from loyalty.referrals.models import ReferralGift
from rewards.models import Voucher
from rewards.operations import redeem_voucher
from tests.factories.referrals import DAY, NOON, reasons
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(street, ana, bruno):
    """Bruno's purchase of 50.00 with Ana's code."""
    return buy(street, bruno, street.code(ana))


def buy(street, member, code="", day=0, euros=50):
    sale = street.purchase(member, euros, day=day, code=code)
    street.record(sale)
    return sale


def test_given_back_within_the_window_brings_nothing(street, ana, bruno, bought):
    recorded = street.give_back(bruno, bought, day=5)
    assert reasons(recorded) == ["not_kept"]
    assert street.state(bruno) == "joined"
    assert street.night(14) == (0, 0)
    assert street.points(ana) == 0


def test_given_back_below_the_minimum_brings_nothing_either(street, terms, ana, bruno):
    terms.minimum_purchase = 2000
    terms.save()
    sale = buy(street, bruno, street.code(ana))
    assert reasons(street.give_back(bruno, sale, 30, day=1)) == []
    assert street.state(bruno) == "qualified"
    assert reasons(street.give_back(bruno, sale, 0.01, day=2)) == ["not_kept"]
    assert street.night(14).rewarded == 0


def test_a_part_given_back_leaves_the_purchase_kept(street, ana, bruno, bought):
    street.give_back(bruno, bought, 49.99, day=5)
    assert street.night(14).rewarded == 1


def test_the_next_purchase_that_is_kept_counts_with_a_window_of_its_own(street, ana, bruno, bought):
    street.give_back(bruno, bought, day=5)
    buy(street, bruno, day=6)
    assert street.night(19).rewarded == 0
    assert street.night(20).rewarded == 1
    assert street.points(ana) == 500


def test_a_second_purchase_takes_the_place_of_the_one_given_back(street, ana, bruno, bought):
    second = buy(street, bruno, day=3)
    street.give_back(bruno, bought, day=5)
    assert street.state(bruno) == "qualified"
    assert street.night(14).rewarded == 0
    assert street.night(17).rewarded == 1
    assert street.referral(bruno).purchase_net == second.amount


def test_an_exchange_in_one_go_keeps_the_reward(street, at_once, ana, bruno):
    sale = buy(street, bruno, street.code(ana))
    refund = street.purchase(bruno, None, day=1, kind="refund", refunds=sale.external_id)
    exchange(
        program=street.program, source="till", refund=refund, purchase=street.purchase(bruno, 60, day=1), at=NOON + DAY
    )
    assert street.state(bruno) == "rewarded"
    assert street.points(ana) == 500


def test_given_back_after_the_reward_undoes_it(street, at_once, ana, bruno):
    sale = buy(street, bruno, street.code(ana))
    assert street.points(ana) == 500
    assert reasons(street.give_back(bruno, sale, day=40)) == ["undone", "taken_back"]
    assert street.state(bruno) == "undone undone"
    assert street.points(ana) == 0
    assert ReferralGift.objects.get().state == "taken_back"


def test_points_that_were_spent_are_owed(street, at_once, ana, bruno, program):
    sale = buy(street, bruno, street.code(ana))
    ledger.redeem(program=program, member_id=ana.pk, points=400, cause=ledger.Cause("test", "1"), at=NOON + DAY)
    street.give_back(bruno, sale, day=2)
    assert street.points(ana) == -400


def test_or_recorded_as_a_shortfall_where_the_program_stops_at_zero(street, at_once, ana, bruno, program):
    program.refund_policy = "clamp"
    program.save()
    sale = buy(street, bruno, street.code(ana))
    ledger.redeem(program=program, member_id=ana.pk, points=400, cause=ledger.Cause("test", "1"), at=NOON + DAY)
    taken = street.give_back(bruno, sale, day=2).outcomes[-1]
    assert (taken["points"], taken["shortfall"]) == (100, 400)
    assert street.points(ana) == 0


def test_points_that_have_expired_are_not_taken_again(street, at_once, ana, bruno, program):
    program.expiry, program.expiry_months = "rolling", 1
    program.save()
    sale = buy(street, bruno, street.code(ana))
    street.give_back(bruno, sale, day=60)
    assert street.points(ana) == 0


@pytest.fixture
def voucher(street, at_once, ana, bruno, program):
    """Ana's voucher for having brought Bruno; `voucher.sale` is what he bought."""
    at_once.referrer_points, at_once.referrer_reward = 0, RewardFactory(program=program, points_price=None)
    at_once.save()
    sale = buy(street, bruno, street.code(ana))
    voucher = Voucher.objects.get(member=ana)
    voucher.sale = sale
    return voucher


def test_an_unused_voucher_is_withdrawn(street, bruno, voucher):
    street.give_back(bruno, voucher.sale, day=2)
    sale = voucher.sale
    voucher.refresh_from_db()
    assert voucher.state == "withdrawn"
    assert sale


def test_a_used_voucher_stays_and_is_noted(street, bruno, voucher, program):
    redeem_voucher(program=program, code=voucher.code, source="till", external_id="1", at=NOON + DAY, trusted=True)
    assert reasons(street.give_back(bruno, voucher.sale, day=2)) == ["undone", "gift_used"]
    voucher.refresh_from_db()
    assert voucher.state == "used"
    assert ReferralGift.objects.get().state == "kept"


def test_a_purchase_from_before_the_code_given_back_changes_nothing(street, ana, bruno):
    old = buy(street, bruno, day=-5)
    buy(street, bruno, street.code(ana))
    assert reasons(street.give_back(bruno, old)) == []


def test_books_are_in_order_after_all_that(street, at_once, ana, bruno):
    sale = buy(street, bruno, street.code(ana))
    street.give_back(bruno, sale, 20, day=1)
    street.give_back(bruno, sale, day=2)
    assert not audit_ledger().drift
