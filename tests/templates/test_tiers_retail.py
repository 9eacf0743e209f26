"""Tiers of a year's spend: each has what the lower ones have, and something of its own."""

import pytest

from tests.factories.stories import at, check, seen, tell

pytestmark = pytest.mark.django_db


def test_spending_opens_offers_that_stay_open_further_up():
    told = tell(
        "tiers-retail",
        at("2025-01-05T12:00", "ana", "enrol"),
        at("2025-01-06T12:00", "ana", "activity", amount="1499.99"),
        at("2025-01-06T12:01", "ana", "redeem", reward="silver-offer"),
        check("2025-01-06T13:00"),
        at("2025-01-07T12:00", "ana", "activity", amount="0.01"),
        at("2025-01-07T12:01", "ana", "redeem", reward="silver-offer"),
        at("2025-01-07T12:02", "ana", "redeem", reward="gold-offer"),
        check("2025-01-07T13:00"),
        at("2025-01-08T12:00", "ana", "activity", amount=2000),
        at("2025-01-08T12:01", "ana", "redeem", reward="gold-offer"),
        at("2025-01-08T12:02", "ana", "redeem", reward="silver-offer"),
        check("2025-01-08T13:00"),
    )

    assert [seen(told, "ana", number)["tier"] for number in range(3)] == ["member", "silver", "gold"]
    assert [refusal["event"] for refusal in told["refusals"]] == [2, 6]
