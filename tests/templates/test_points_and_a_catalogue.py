"""Programs of points with something to choose: culture, engage, shoes, co-brand."""

import pytest

from loyalty.partners.models import PartnerLine
from tests.factories.stories import at, check, points, seen, tell, vouchers

pytestmark = pytest.mark.django_db
ANA = at("2025-01-05T12:00", "ana", "enrol")


def test_culture_turns_purchases_into_discounts_and_events_into_points():
    told = tell(
        "culture",
        ANA,
        at("2025-01-06T12:00", "ana", "activity", amount="119.90"),
        at("2025-01-07T19:00", "ana", "activity", kind="attendance"),
        at("2025-01-08T12:00", "ana", "redeem", reward="discount-5"),
        check("2025-01-08T13:00"),
    )

    assert points(told, "ana")["available"] == 119 + 20 - 100
    assert vouchers(told, "ana") == [("discount-5", "5.00", "unused")]


def test_engage_rewards_what_members_say_and_points_pay_half_a_basket():
    told = tell(
        "engage",
        ANA,
        *(at("2025-01-06T12:00", "ana", "activity", kind=kind) for kind in ("contest", "review", "survey")),
        *(at("2025-01-07T12:00", "ana", "activity", kind="review") for _ in range(4)),
        at("2025-01-08T12:00", "ana", "activity", id="p1", amount=100),
        at("2025-01-09T12:00", "ana", "redeem", activity="p2", amount="4.00"),
        check("2025-01-09T13:00"),
    )

    # 10 + 50 + 30, three more reviews up to the month's cap of 200, 100 for the purchase; $2 of the $4 basket.
    assert points(told, "ana")["available"] == 90 + 150 + 100 - 200


def test_shoes_give_the_best_members_a_gift():
    told = tell(
        "shoes",
        ANA,
        at("2025-01-06T12:00", "ana", "activity", amount=499),
        check("2025-01-06T13:00"),
        at("2025-01-07T12:00", "ana", "activity", amount=1),
        check("2025-01-07T13:00"),
    )

    assert [seen(told, "ana", number)["tier"] for number in (0, 1)] == [None, "best"]
    assert ("gift", None, "unused") in vouchers(told, "ana")


def test_what_one_brand_gives_the_other_takes():
    told = tell(
        "co-brand",
        ANA,
        at("2025-01-06T12:00", "ana", "activity", amount=600, brand="air"),
        at("2025-01-06T12:01", "ana", "activity", amount=600, brand="hotel"),
        at("2025-01-07T12:00", "ana", "redeem", reward="credit-10"),
        check("2025-01-07T13:00"),
    )

    assert points(told, "ana")["available"] == 100
    assert vouchers(told, "ana") == [("credit-10", None, "unused")]


def test_points_of_the_airline_pay_at_the_hotel_and_both_are_settled():
    told = tell(
        "co-brand",
        ANA,
        at("2025-01-06T12:00", "ana", "activity", partner="blue-air", id="flight", amount=600, brand="air"),
        at("2025-01-07T12:00", "ana", "redeem", partner="harbour-hotels", points=300, amount=80),
        at("2025-01-08T12:00", "ana", "redeem", partner="blue-air", points=100, amount=80),
        at("2025-01-09T12:00", "ana", "refund", of="flight", amount=60),
        check("2025-01-10T13:00"),
    )

    assert points(told, "ana")["available"] == 600 - 300 - 60
    assert [refusal["code"] for refusal in told["refusals"]] == ["partner_takes_no_points"]
    # At 1.5 cents a point the airline owes $8.10; the hotel gets 1.2 cents for each of its points, $3.60.
    lines = PartnerLine.objects.order_by("id").values_list("partner__code", "points", "amount")
    assert list(lines) == [("blue-air", 600, 900), ("harbour-hotels", -300, -360), ("blue-air", -60, -90)]
