"""A member whose points a household spent sees by whom; the one who redeemed is told once."""

import pytest

from rewards.operations import redeem_reward
from tests.factories.rewards import SPRING, give_points

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(program, almeidas, ana, bruno, coffee):
    give_points(program, ana, 60)
    give_points(program, bruno, 60)
    redeem_reward(program=program, member_id=ana.pk, reward=coffee, source="till", external_id="G1", at=SPRING)


def page(browser, member, text_of):
    return text_of(browser.get(f"/admin/members/member/{member.pk}/overview/"))


def test_the_others_see_who_spent_their_points(as_role, shared, bruno, text_of):
    assert "redeemed · Ana Almeida: Redemption: 1 × Coffee" in page(as_role("support"), bruno, text_of)


def test_who_redeemed_is_told_once(as_role, shared, ana, text_of):
    assert page(as_role("support"), ana, text_of).count("Redemption: 1 × Coffee") == 1
