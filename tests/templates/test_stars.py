"""Stars: two per dollar paid with a registered card or the app, codes to enter, a challenge each week."""

import pytest

from tests.factories.stories import at, check, points, tell, vouchers

pytestmark = pytest.mark.django_db
ANA = at("2025-01-05T12:00", "ana", "enrol")


def paid(*parts):
    return [{"tender": tender, "amount": amount} for tender, amount in parts]


def test_only_what_a_registered_card_or_the_app_pays_earns():
    told = tell(
        "stars",
        ANA,
        at("2025-01-06T08:00", "ana", "activity", amount="10.00", paid_with=paid(("registered_card", "10.00"))),
        at("2025-01-14T08:00", "ana", "activity", amount="7.90", paid_with=paid(("app", "5.00"), ("cash", "2.90"))),
        at("2025-01-22T08:00", "ana", "activity", amount="6.00", paid_with=paid(("cash", "6.00"))),
        check("2025-01-22T09:00"),
    )

    assert points(told, "ana")["available"] == 20 + 10


def test_a_code_is_worth_its_stars_once():
    told = tell(
        "stars",
        ANA,
        at("2025-01-05T12:30", "bob", "enrol"),
        at("2025-01-06T08:00", "ana", "enter_code", batch="on-pack", code="first pack"),
        at("2025-01-06T09:00", "bob", "enter_code", code="first pack"),
        at("2025-01-06T10:00", "bob", "enter_code", code="WRONG"),
        check("2025-01-06T11:00"),
    )

    assert (points(told, "ana")["available"], points(told, "bob")["available"]) == (10, 0)
    refused = {refusal["event"]: refusal["reason"] for refusal in told["refusals"]}
    assert refused.keys() == {3, 4}
    assert refused[3] == refused[4]


def test_three_visits_in_a_week_bring_bonus_stars():
    visits = [
        at(f"2025-01-{day:02}T08:00", "ana", "activity", amount="5.00", paid_with=paid(("app", "5.00")))
        for day in (6, 8, 10)
    ]
    told = tell("stars", ANA, *visits, check("2025-01-10T09:00"))

    assert points(told, "ana")["available"] == 3 * 10 + 25


def test_stars_become_a_drink_in_any_shop():
    told = tell(
        "stars",
        ANA,
        at("2025-01-06T08:00", "ana", "activity", amount=80, store="lyon", paid_with=paid(("app", 80))),
        at("2025-01-07T08:00", "ana", "redeem", reward="drink", store="paris"),
        at("2025-01-07T08:01", "ana", "redeem", reward="drink", store="paris"),
        check("2025-01-07T09:00"),
    )

    assert points(told, "ana")["available"] == 10
    assert vouchers(told, "ana") == [("drink", None, "unused")]
    assert [refusal["code"] for refusal in told["refusals"]] == ["insufficient_points"]
