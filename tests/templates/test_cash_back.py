"""Programs that give money back: the cagnotte's vouchers, credit at the till, and cash-back beside points."""

import pytest

from tests.factories.stories import at, check, points, seen, tell, vouchers

pytestmark = pytest.mark.django_db
ANA = at("2025-01-05T12:00", "ana", "enrol")


def saved(told, number=-1):
    return seen(told, "ana", number)["balances"]["cashback"]["available"]


def test_the_cagnotte_is_paid_out_once_it_holds_ten_euros():
    told = tell(
        "cagnotte",
        ANA,
        at("2025-01-06T12:00", "ana", "activity", amount="950.00"),
        check("2025-02-01T00:00"),
        at("2025-02-06T12:00", "ana", "activity", amount="75.50"),
        check("2025-03-01T00:00"),
    )

    assert (saved(told, 0), vouchers(told, "ana", 0)) == (950, [])
    assert (saved(told, 1), vouchers(told, "ana", 1)) == (0, [(None, "10.25", "unused")])


def test_credit_pays_at_the_till_and_a_refund_takes_it_back():
    told = tell(
        "credit",
        ANA,
        at("2025-01-06T12:00", "ana", "activity", id="p1", amount=200),
        check("2025-01-06T13:00"),
        at("2025-01-07T12:00", "ana", "redeem", activity="p2", amount=50, points=400),
        check("2025-01-07T13:00"),
        at("2025-01-08T12:00", "ana", "refund", of="p1", amount=100),
        check("2025-01-08T13:00"),
    )

    assert [saved(told, number) for number in range(3)] == [1000, 600, 100]


def test_balance_has_points_for_chosen_goods_and_cash_back_beside_them():
    told = tell(
        "balance",
        ANA,
        at("2025-01-06T12:00", "ana", "activity", amount=320),
        at("2025-01-07T12:00", "ana", "redeem", reward="coupon-3"),
        check("2025-01-07T13:00"),
    )

    assert (points(told, "ana")["available"], saved(told)) == (20, 640)
    assert vouchers(told, "ana") == [("coupon-3", "3.00", "unused")]
