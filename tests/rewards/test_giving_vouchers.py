"""Vouchers that are given, one or many at a time."""

import pytest

from rewards import operations
from rewards.models import Reward, Voucher
from rewards.operations import RewardsError
from tests.factories.members import MemberFactory
from tests.factories.rewards import SPRING, RewardFactory

pytestmark = pytest.mark.django_db


def give(reward, member_ids, **options):
    return operations.issue_vouchers(program=reward.program, reward=reward, member_ids=member_ids, at=SPRING, **options)


def test_each_member_gets_a_voucher_of_his_own(coffee):
    members = MemberFactory.create_batch(5)
    vouchers = give(coffee, [member.pk for member in members])
    assert [voucher.member_id for voucher in vouchers] == [member.pk for member in members]
    assert Voucher.objects.values("code").distinct().count() == 5


def test_a_reward_without_a_price_can_be_given(program, ana, administrator):
    gift = RewardFactory(program=program, points_price=None)
    voucher = operations.issue_voucher(program=program, reward=gift, member_id=ana.pk, at=SPRING, by=administrator)
    assert Voucher.objects.get() == voucher
    assert voucher.issued_by_id == administrator.pk


def test_a_voucher_may_belong_to_nobody_yet(coffee):
    assert give(coffee, [None])[0].member is None


def test_gifts_come_out_of_the_stock(coffee, ana, bruno):
    coffee.stock = 3
    coffee.save()
    give(coffee, [ana.pk, bruno.pk])
    coffee.refresh_from_db()
    assert coffee.stock == 1
    with pytest.raises(RewardsError) as refusal:
        give(coffee, [ana.pk, bruno.pk])
    assert refusal.value.code == "out_of_stock"
    assert Voucher.objects.count() == 2


def test_a_percentage_has_no_amount(program, ana):
    discount = RewardFactory(program=program, kind=Reward.Kind.DISCOUNT_PERCENT, percent=10, amount=500)
    assert give(discount, [ana.pk])[0].value is None
