"""The referrer gets their reward for each new buyer, once the purchase can no longer be returned."""

import pytest

from loyalty.events.models import Event
from loyalty.referrals.models import ReferralGift
from rewards.models import Voucher
from tests.factories.referrals import newcomer, reasons
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db


def test_the_reward_comes_when_the_return_window_has_passed(street, ana, bruno):
    recorded = street.buy(bruno, code=street.code(ana))
    assert reasons(recorded) == ["joined", "qualified"]

    street.night(13)
    assert street.points(ana) == 0
    assert street.night(14).rewarded == 1
    assert street.points(ana) == 500
    assert street.state(bruno) == "rewarded"


def test_a_second_night_gives_nothing_more(street, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    street.night(14)
    assert street.night(14) == (0, 0)
    assert street.night(15) == (0, 0)
    assert street.points(ana) == 500


def test_without_a_return_window_the_reward_comes_with_the_purchase(street, at_once, ana, bruno):
    recorded = street.buy(bruno, code=street.code(ana))
    assert reasons(recorded) == ["joined", "qualified", "rewarded"]
    assert street.points(ana) == 500


def test_only_the_first_purchase_brings_a_reward(street, at_once, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    again = street.buy(bruno, day=1, code=street.code(ana))
    assert reasons(again) == ["already_referred"]
    street.buy(bruno, day=2)
    assert street.points(ana) == 500


def test_each_new_buyer_brings_one(street, ana):
    for number in range(3):
        street.buy(newcomer(street.program), day=number, code=street.code(ana))
    assert street.night(20).rewarded == 3
    assert street.points(ana) == 1500


def test_who_signs_up_with_a_code_is_a_friend_and_buys_later(street, ana):
    friend = street.join(street.code(ana), first_name="Bob")
    assert street.state(friend) == "joined"
    street.buy(friend, day=10)
    street.night(23)
    assert street.points(ana) == 0
    street.night(24)
    assert street.points(ana) == 500


def test_a_reward_of_the_catalogue_becomes_a_voucher(street, at_once, ana, bruno, program):
    at_once.referrer_points, at_once.referrer_reward = 0, RewardFactory(program=program, points_price=None)
    at_once.save()
    street.buy(bruno, code=street.code(ana))
    voucher = Voucher.objects.get()
    assert (voucher.member, voucher.reward, voucher.source) == (ana, at_once.referrer_reward, "referral")


def test_what_has_run_out_is_not_given(street, at_once, ana, bruno, program):
    at_once.referrer_points, at_once.referrer_reward = 0, RewardFactory(program=program, stock=0)
    at_once.save()
    assert reasons(street.buy(bruno, code=street.code(ana)))[-1] == "out_of_stock"
    assert street.state(bruno) == "refused out_of_stock"


def test_the_promise_that_held_when_the_friend_joined_is_kept(street, terms, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    terms.referrer_points, terms.return_days, terms.is_active = 5, 300, False
    terms.save()
    street.night(14)
    assert street.points(ana) == 500


def test_a_purchase_below_the_minimum_does_not_count(street, terms, ana, bruno):
    terms.minimum_purchase = 2000
    terms.save()
    small = street.buy(bruno, 19.99, code=street.code(ana))
    assert reasons(small) == ["joined", "below_minimum"]
    assert street.state(bruno) == "joined"
    assert reasons(street.buy(bruno, 20, day=1)) == ["qualified"]


def test_a_friend_who_buys_too_late_brings_nothing(street, terms, ana):
    terms.buy_within_days = 30
    terms.save()
    friend = street.join(street.code(ana), first_name="Bob")
    assert street.night(30) == (0, 0)
    assert street.night(31).lapsed == 1
    street.buy(friend, day=31)
    assert street.state(friend) == "refused too_late"
    assert street.night(60).rewarded == 0


def test_a_purchase_in_time_that_is_recorded_late_counts(street, terms, ana):
    terms.buy_within_days = 5
    terms.save()
    friend = street.join(street.code(ana), first_name="Bob")
    street.night(6)
    purchase = street.purchase(friend, day=3)
    recorded = street.record(purchase, at=purchase.occurred_at.replace(day=12))
    assert reasons(recorded) == ["qualified"]
    street.night(17)
    assert street.points(ana) == 500


def test_two_friends_at_different_tills_in_one_batch(street, at_once, ana):
    friends = [newcomer(street.program) for _ in range(2)]
    street.load(*[street.purchase(friend, code=street.code(ana), day=990) for friend in friends], history=False)
    assert street.points(ana, day=1400) == 1000


def test_it_is_announced(street, at_once, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    joined, rewarded = Event.objects.filter(kind__startswith="referral").order_by("id")
    assert (joined.kind, joined.member_id, joined.payload["friend"]) == ("referral.joined", ana.pk, bruno.pk)
    assert (rewarded.kind, rewarded.payload["points"]) == ("referral.rewarded", 500)


def test_every_decision_is_kept(street, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    street.night(14)
    steps = [(step.state, step.reason) for step in street.referral(bruno).steps.all()]
    assert steps == [("joined", "joined"), ("qualified", "qualified"), ("rewarded", "rewarded")]


def test_the_gift_explains_the_points(street, at_once, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    gift = ReferralGift.objects.get()
    assert (gift.member, gift.points, gift.side, gift.state) == (ana, 500, "referrer", "given")
