"""A partner's reward hands out a code of the partner's own with each voucher, as long as there are any."""

import pytest
from django.urls import reverse

from rewards import operations
from rewards.models import PartnerCode, Reward
from rewards.operations import RewardsError
from tests.factories.rewards import SPRING, RewardFactory, give_points

pytestmark = pytest.mark.django_db


@pytest.fixture
def cinema(program):
    return RewardFactory(program=program, code="cinema", kind="partner", partner_name="Cinéma Lumière")


def add(reward, *codes):
    return operations.add_partner_codes(reward=reward, codes=codes, at=SPRING)


def buy(cinema, member, external_id):
    give_points(cinema.program, member, 100)
    return operations.redeem_reward(
        program=cinema.program, member_id=member.pk, reward=cinema, source="till", external_id=external_id, at=SPRING
    )


def stock_of(reward):
    return Reward.objects.get(pk=reward.pk).stock


def test_each_voucher_carries_a_code_of_its_own(cinema, ana, bruno):
    assert add(cinema, "LUM-1", " LUM-2 ", "LUM-1", "") == 2
    bought = [buy(cinema, member, member.number).vouchers[0] for member in (ana, bruno)]
    assert [PartnerCode.objects.get(voucher=voucher).code for voucher in bought] == ["LUM-1", "LUM-2"]
    with pytest.raises(RewardsError) as refusal:
        buy(cinema, ana, "third")
    assert refusal.value.code == "out_of_stock"


def test_the_codes_left_are_the_stock(cinema, ana):
    Reward.objects.update(stock=7)
    add(cinema, "LUM-1", "LUM-2")
    buy(cinema, ana, "1")
    assert add(cinema, "LUM-2", "LUM-3") == 1
    assert stock_of(cinema) == 2
    assert add(cinema) == 0
    assert stock_of(cinema) == 2
    with pytest.raises(RewardsError) as refusal:
        operations.set_stock(reward=cinema, stock=50, seen=2, at=SPRING)
    assert refusal.value.code == "stock_is_codes"


def test_a_code_that_went_out_does_not_come_back(cinema, ana):
    add(cinema, "LUM-1")
    operations.roll_back_redemption(redemption=buy(cinema, ana, "1").redemption, reason="x", at=SPRING)
    assert stock_of(cinema) == 0


def test_only_a_partners_reward_takes_codes(coffee, cinema):
    for reward, code in ((coffee, "LUM-1"), (cinema, "L" * 61)):
        with pytest.raises(RewardsError):
            add(reward, code)


def test_without_codes_it_is_a_voucher_to_be_shown_at_the_partners(cinema, ana):
    (voucher,) = buy(cinema, ana, "1").vouchers
    assert not hasattr(voucher, "partner_code")


def test_marketing_adds_codes_and_support_reads_them(as_role, cinema, ana):
    marketing, support = as_role("marketing"), as_role("support")
    page = reverse("admin:rewards_reward_change", args=[cinema.pk])
    assert "codes" in marketing.get(page).content.decode()
    response = marketing.post(f"/admin/rewards/reward/{cinema.pk}/codes/", {"codes": "LUM-1234\nLUM-5678\n"})
    assert response.status_code == 302
    assert stock_of(cinema) == 2
    codes = reverse("admin:rewards_partnercode_changelist")
    assert "LUM-1234" in support.get(codes).content.decode()
    assert "LUM-1234" not in marketing.get(codes).content.decode()


def test_a_reward_that_is_no_partners_has_no_such_page(as_role, coffee):
    assert as_role("marketing").get(f"/admin/rewards/reward/{coffee.pk}/codes/").status_code == 403
