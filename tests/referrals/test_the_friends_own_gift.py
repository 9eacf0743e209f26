"""The friend's own gift: once, when they join or with their first purchase, and back again with it."""

import pytest

from rewards.models import Voucher
from tests.factories.referrals import newcomer, reasons
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def friendly(terms):
    """200 points for the friend, with their first purchase."""
    terms.friend_points = 200
    terms.save()
    return terms


def test_it_comes_with_the_first_purchase_and_waits_for_no_window(street, friendly, ana, bruno):
    assert reasons(street.buy(bruno, code=street.code(ana))) == ["joined", "qualified", "friend_rewarded"]
    assert street.points(bruno) == 200
    street.night(14)
    assert (street.points(bruno), street.points(ana)) == (200, 500)


def test_or_with_the_sign_up(street, friendly, ana):
    friendly.friend_when = "sign_up"
    friendly.save()
    friend = street.join(street.code(ana), first_name="Bob")
    assert street.points(friend) == 200
    street.buy(friend, day=1)
    assert street.points(friend) == 200


def test_it_may_be_a_reward(street, friendly, ana, bruno, program):
    friendly.friend_points, friendly.friend_reward = 0, RewardFactory(program=program, points_price=None)
    friendly.save()
    street.buy(bruno, code=street.code(ana))
    assert Voucher.objects.get().member == bruno


def test_it_goes_back_with_the_purchase_and_comes_with_the_next(street, friendly, ana, bruno):
    sale = street.purchase(bruno, code=street.code(ana))
    street.record(sale)
    assert reasons(street.give_back(bruno, sale)) == ["not_kept", "taken_back"]
    assert street.points(bruno) == 0
    street.buy(bruno, day=2)
    assert street.points(bruno) == 200


def test_what_was_given_for_joining_stays_when_a_purchase_goes_back(street, friendly, ana):
    friendly.friend_when = "sign_up"
    friendly.save()
    friend = street.join(street.code(ana), first_name="Bob")
    sale = street.purchase(friend, day=1)
    street.record(sale)
    street.give_back(friend, sale, day=2)
    assert street.points(friend) == 200


def test_a_friend_of_a_referrer_at_the_cap_still_gets_it(street, friendly, at_once, ana):
    friendly.refresh_from_db()
    friendly.cap_ever = 1
    friendly.save()
    friends = [newcomer(street.program) for _ in range(2)]
    for friend in friends:
        street.buy(friend, code=street.code(ana))
    assert [street.points(friend) for friend in friends] == [200, 200]
    assert street.points(ana) == 500


def test_a_friend_at_the_cap_who_gives_it_all_back_keeps_nothing(street, friendly, at_once, ana):
    friendly.refresh_from_db()
    friendly.cap_ever = 1
    friendly.save()
    street.buy(newcomer(street.program), code=street.code(ana))
    friend = newcomer(street.program)
    sale = street.purchase(friend, code=street.code(ana))
    street.record(sale)
    street.give_back(friend, sale)
    assert street.points(friend) == 0
