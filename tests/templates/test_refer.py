"""The template `refer`, told as a story: ten euros for each new buyer, and nothing for anything else."""

import pytest

from tests.factories.stories import at, check, points, seen, tell

pytestmark = pytest.mark.django_db
ANA = at("2025-01-05T12:00", "ana", "enrol")
BOB = at("2025-02-01T12:00", "bob", "enrol", referral="ana")


def vouchers(told, member, number=-1):
    return [(each["value"], each["state"]) for each in seen(told, member, number)["vouchers"]]


def test_the_referrer_is_rewarded_once_the_goods_are_kept_for_good():
    told = tell(
        "refer",
        ANA,
        BOB,
        at("2025-02-03T10:00", "bob", "activity", id="b1", amount=40),
        check("2025-02-16T23:00"),
        check("2025-02-17T00:00"),
        at("2025-03-03T10:00", "bob", "activity", id="b2", amount=40),
        check("2025-04-30T12:00"),
    )
    assert vouchers(told, "ana", 0) == []
    assert vouchers(told, "ana", 1) == [("10.00", "unused")]
    assert vouchers(told, "ana") == [("10.00", "unused")]
    assert points(told, "bob") == {"available": 0, "pending": 0, "debt": 0}
    assert told["audit"] == {"drift": []}


def test_each_friend_brings_one_and_a_purchase_given_back_none():
    told = tell(
        "refer",
        ANA,
        at("2025-02-01T12:00", "bob", "enrol"),
        at("2025-02-01T12:00", "cleo", "enrol"),
        at("2025-02-03T10:00", "bob", "activity", id="b1", amount=40, referral="ana"),
        at("2025-02-03T11:00", "cleo", "activity", id="c1", amount=40, referral="ana"),
        at("2025-02-10T10:00", "cleo", "refund", of="c1"),
        check("2025-03-01T12:00"),
    )
    assert vouchers(told, "ana") == [("10.00", "unused")]


def test_given_back_after_the_reward_it_is_withdrawn_unless_it_was_used():
    purchase = at("2025-02-03T10:00", "bob", "activity", id="b1", amount=40)
    refund = at("2025-03-03T10:00", "bob", "refund", of="b1")
    told = tell("refer", ANA, BOB, purchase, refund, check("2025-03-03T12:00"))
    assert vouchers(told, "ana") == [("10.00", "withdrawn")]


def test_a_used_voucher_stays():
    told = tell(
        "refer",
        ANA,
        BOB,
        at("2025-02-03T10:00", "bob", "activity", id="b1", amount=40),
        at("2025-02-20T10:00", "ana", "use_voucher", reward="new-buyer"),
        at("2025-03-03T10:00", "bob", "refund", of="b1"),
        check("2025-03-03T12:00"),
    )
    assert vouchers(told, "ana") == [("10.00", "used")]


def test_a_story_may_ask_what_points_instead_would_do():
    told = tell(
        "refer",
        ANA,
        BOB,
        at("2025-02-03T10:00", "bob", "activity", id="b1", amount=40),
        check("2025-02-03T12:00"),
        referrer_points=300,
        return_days=0,
        friend_points=100,
    )
    assert points(told, "ana")["available"] == 300
    assert points(told, "bob")["available"] == 100


def test_circles_and_strangers_codes_are_told_and_change_nothing():
    told = tell(
        "refer",
        ANA,
        BOB,
        at("2025-02-03T10:00", "ana", "activity", id="a1", amount=40, referral="bob"),
        at("2025-02-03T11:00", "bob", "activity", id="b1", amount=40, referral="NOBODY"),
        check("2025-04-03T12:00"),
    )
    assert vouchers(told, "bob") == []
    assert vouchers(told, "ana") == [("10.00", "unused")]
    assert [refusal["code"] for refusal in told["refusals"]] == ["referral_circular", "referral_unknown_code"]
