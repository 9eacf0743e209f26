"""VIPeak: eight points per dollar, points for events, three tiers of the calendar year with their rewards."""

import pytest

from tests.factories.stories import at, check, points, seen, tell, vouchers

pytestmark = [pytest.mark.long, pytest.mark.django_db]
ANA = at("2025-01-05T12:00", "ana", "enrol")


def test_a_year_on_the_mountain():
    told = tell(
        "vipeak",
        ANA,
        at("2025-02-01T10:00", "ana", "activity", id="boots", amount="249.99", store="montreal"),
        check("2025-02-01T11:00"),
        at("2025-03-01T10:00", "ana", "activity", id="climb", kind="attendance"),
        check("2025-03-01T11:00"),
        at("2025-06-01T10:00", "ana", "activity", id="tent", amount=200, channel="web"),
        check("2025-06-01T11:00"),
        at("2025-11-01T10:00", "ana", "activity", id="skis", amount=180),
        check("2025-11-01T11:00"),
    )

    assert [points(told, "ana", number)["available"] for number in range(4)] == [1992, 2092, 3692, 5132]
    assert [seen(told, "ana", number)["tier"] for number in range(4)] == [None, "basecamp", "halfdome", "summit"]
    assert vouchers(told, "ana") == [
        ("reward-20", "20.00", "unused"),
        ("reward-25", "25.00", "unused"),
        ("reward-30", "30.00", "unused"),
    ]
    assert told["audit"] == {"drift": []}


def test_who_jumps_to_the_summit_gets_the_reward_of_the_summit():
    told = tell("vipeak", ANA, at("2025-02-01T10:00", "ana", "activity", amount=625), check("2025-02-01T11:00"))

    assert seen(told, "ana")["tier"] == "summit"
    assert vouchers(told, "ana") == [("reward-30", "30.00", "unused")]


def test_a_refund_takes_the_tier_and_its_unused_reward_and_leaves_a_used_one():
    told = tell(
        "vipeak",
        ANA,
        at("2025-01-05T13:00", "bob", "enrol"),
        *(at("2025-02-01T10:00", who, "activity", id=f"boots-{who}", amount=250) for who in ("ana", "bob")),
        at("2025-02-02T10:00", "bob", "use_voucher", reward="reward-20"),
        *(at("2025-02-03T10:00", who, "refund", of=f"boots-{who}") for who in ("ana", "bob")),
        check("2025-02-03T11:00"),
    )

    assert [seen(told, who)["tier"] for who in ("ana", "bob")] == [None, None]
    assert vouchers(told, "ana") == [("reward-20", "20.00", "withdrawn")]
    assert vouchers(told, "bob") == [("reward-20", "20.00", "used")]


def test_a_tier_is_kept_to_the_end_of_the_next_year():
    told = tell(
        "vipeak",
        at("2025-12-01T10:00", "ana", "enrol"),
        at("2025-12-02T10:00", "ana", "activity", amount=250),
        check("2026-12-31T23:59"),
        check("2027-01-01T00:00"),
    )

    assert [seen(told, "ana", number)["tier"] for number in (0, 1)] == ["basecamp", None]
