"""Rewards that are exchanged, used and undone, the monthly issuance and changed data stand in the outbox."""

from datetime import UTC, datetime

import pytest

from loyalty.events.models import Event
from members.operations import update_member
from rewards.operations import issue_month, redeem_reward, redeem_voucher, roll_back_redemption
from tests.factories.rewards import SPRING, IssuanceRuleFactory, give_points

pytestmark = pytest.mark.django_db


def announced():
    return list(Event.objects.order_by("pk").values_list("kind", "member_id", "payload"))


def test_an_exchange_its_undoing_and_a_use_are_announced_once(program, ana, coffee):
    give_points(program, ana, 300)
    exchange = {"program": program, "member_id": ana.pk, "reward": coffee, "source": "till", "at": SPRING}
    first = redeem_reward(**exchange, external_id="1")
    redeem_reward(**exchange, external_id="1")  # a retry
    kept = redeem_reward(**exchange, external_id="2").vouchers[0]
    roll_back_redemption(redemption=first.redemption, reason="x", at=SPRING)
    sale = {"program": program, "code": kept.code, "source": "till", "external_id": "3", "at": SPRING}
    redeem_voucher(**sale, trusted=True)
    redeem_voucher(**sale, trusted=True)

    kinds = [kind for kind, _member, _payload in announced()]
    assert kinds == ["reward.redeemed", "reward.redeemed", "redemption.rolled_back", "voucher.used"]
    assert {member for _kind, member, _payload in announced()} == {ana.pk}
    assert announced()[0][2] == {
        "redemption": first.redemption.pk,
        "source": "till",
        "external_id": "1",
        "reward": "coffee",
        "quantity": 1,
        "points": 100,
        "currency": "points",
    }
    assert announced()[3][2] == {"voucher": kept.pk, "reward": "coffee", "worth": None}


def test_the_monthly_issuance_announces_each_members_reward(program, ana, bruno):
    IssuanceRuleFactory(program=program)
    give_points(program, ana, 350)
    give_points(program, bruno, 50)
    month = datetime(2025, 4, 30, 22, tzinfo=UTC)  # 1 May in Paris

    for _twice in range(2):
        issue_month(program=program, at=month, first_member=0, last_member=10**9)

    assert announced() == [("reward.issued", ana.pk, {"month": "2025-05-01", "points": 300, "value": 1500})]


def test_changed_data_are_announced_by_name_and_unchanged_ones_not_at_all(ana):
    update_member(member=ana, first_name="Anna", email=ana.email, at=SPRING, by=None)
    update_member(member=ana, first_name="Anna", at=SPRING, by=None)

    assert announced() == [("member.updated", ana.pk, {"fields": ["first_name"]})]
