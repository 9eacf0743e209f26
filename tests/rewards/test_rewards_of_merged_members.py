"""Vouchers, redemptions and the limits on them follow the person through a merge and back."""

import pytest

from loyalty.ledger.audit import audit_ledger
from rewards import operations, queries
from rewards.models import Voucher
from tests.factories.merging import MERGED_AT, merge, undo
from tests.factories.rewards import SPRING, RewardFactory, give_points

pytestmark = pytest.mark.django_db


def redeem(member, reward, *, name, at=SPRING):
    return operations.redeem_reward(
        program=reward.program, member_id=member.pk, reward=reward, source="till", external_id=name, at=at
    )


def test_the_kept_member_has_the_vouchers_of_both(program, ana, double, coffee):
    give_points(program, double, 200)
    voucher = redeem(double, coffee, name="G1").vouchers[0]
    merged = merge(ana, double)
    assert queries.usable_vouchers(program=program, member_id=ana.pk, at=MERGED_AT).get() == voucher
    undo(merged)
    assert queries.usable_vouchers(program=program, member_id=double.pk, at=MERGED_AT).get() == voucher


def test_a_voucher_used_meanwhile_comes_back_used(program, ana, double, coffee):
    give_points(program, double, 200)
    voucher = redeem(double, coffee, name="G1").vouchers[0]
    merged = merge(ana, double)
    operations.redeem_voucher(program=program, code=voucher.code, source="till", external_id="T1", at=MERGED_AT)
    undo(merged)
    assert Voucher.objects.get(member=double).state == "used"


def test_a_limit_per_member_counts_what_both_had(program, ana, double):
    once = RewardFactory(program=program, per_member_limit=1)
    give_points(program, ana, 100)
    give_points(program, double, 200)
    redeem(double, once, name="G1")
    merged = merge(ana, double)
    with pytest.raises(operations.RedemptionRefused):
        redeem(ana, once, name="G2", at=MERGED_AT)
    undo(merged)
    redeem(ana, once, name="G3", at=MERGED_AT)
    with pytest.raises(operations.RedemptionRefused):
        redeem(double, once, name="G4", at=MERGED_AT)


def test_rolling_back_what_was_redeemed_before_gives_the_points_to_whoever_goes_on(program, ana, double, coffee):
    give_points(program, double, 100)
    redemption = redeem(double, coffee, name="G1").redemption
    merged = merge(ana, double)
    operations.roll_back_redemption(redemption=redemption, reason="changed mind", at=MERGED_AT)
    assert ana.accounts.get().available == 100
    assert ana.reward_usages.get().taken == 0
    undo(merged)
    assert double.accounts.get().available == 100
    assert ana.accounts.get().available == 0
    assert double.reward_usages.get().taken == 0
    assert audit_ledger().drift == []


def test_a_retry_of_before_finds_its_redemption(program, ana, double, coffee):
    give_points(program, double, 100)
    first = redeem(double, coffee, name="G1")
    merge(ana, double)
    assert redeem(ana, coffee, name="G1", at=MERGED_AT).redemption == first.redemption
