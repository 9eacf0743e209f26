"""Miles: by flights and online purchases; an upgrade and a ticket; the lounge for who flies often."""

import pytest

from tests.factories.stories import at, check, points, seen, tell, vouchers

pytestmark = pytest.mark.django_db
ANA = at("2025-01-05T12:00", "ana", "enrol")


def test_fares_and_online_purchases_earn_and_the_shop_at_the_airport_does_not():
    told = tell(
        "miles",
        ANA,
        at("2025-01-06T12:00", "ana", "activity", kind="flight", amount=400),
        at("2025-01-07T12:00", "ana", "activity", amount=60, channel="online"),
        at("2025-01-08T12:00", "ana", "activity", amount=60, channel="store"),
        check("2025-01-09T12:00"),
    )

    assert points(told, "ana")["available"] == 2000 + 60


def test_ten_flights_make_silver_and_miles_an_upgrade():
    flights = [at(f"2025-02-{day:02}T09:00", "ana", "activity", kind="flight", amount=300) for day in range(1, 11)]
    told = tell(
        "miles",
        ANA,
        *flights[:9],
        check("2025-02-09T10:00"),
        flights[9],
        at("2025-02-11T09:00", "ana", "redeem", reward="upgrade"),
        check("2025-02-11T10:00"),
    )

    assert [seen(told, "ana", number)["tier"] for number in (0, 1)] == [None, "silver"]
    assert points(told, "ana")["available"] == 0
    assert vouchers(told, "ana") == [("upgrade", None, "unused")]
