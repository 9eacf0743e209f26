"""Fast food: a free drink after five visits, as the templates give it, told as stories."""

import pytest

from tests.factories.stories import at, check, seen, tell

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("template", ["sub-card", "burger-card"])


def enrolled():
    return at("2025-01-05T12:00", "ana", "enrol", channel="store")


def meals(*days, amount="8.50"):
    return [at(f"2025-01-{day:02}T12:30", "ana", "activity", id=f"m{day}", amount=amount) for day in days]


@BOTH
def test_a_free_drink_after_five_visits(template):
    told = tell(
        template,
        enrolled(),
        check("2025-01-05T13:00"),
        *meals(6, 7, 8, 9),
        check("2025-01-09T13:00"),
        *meals(10),
        check("2025-01-10T13:00"),
        *meals(11),
        check("2025-01-11T13:00"),
    )

    cards = [seen(told, "ana", number)["cards"] for number in range(4)]
    assert cards == [[{"program": "five-visits", "punches": punches, "of": 5}] for punches in (0, 4, 0, 1)]
    assert seen(told, "ana", 1)["vouchers"] == []
    (drink,) = seen(told, "ana", 2)["vouchers"]
    assert (drink["reward"], drink["state"]) == ("free-drink", "unused")


@BOTH
def test_the_fifth_visit_refunded_takes_the_drink_back(template):
    told = tell(
        template,
        enrolled(),
        *meals(6, 7, 8, 9, 10),
        at("2025-01-11T10:00", "ana", "refund", of="m10"),
        check("2025-01-11T11:00"),
        *meals(12),
        check("2025-01-12T13:00"),
    )

    assert seen(told, "ana", 0)["cards"] == [{"program": "five-visits", "punches": 4, "of": 5}]
    assert [voucher["state"] for voucher in seen(told, "ana", 0)["vouchers"]] == ["withdrawn"]
    assert [voucher["state"] for voucher in seen(told, "ana", 1)["vouchers"]] == ["withdrawn", "unused"]


@BOTH
def test_a_card_of_ten_by_a_setting(template):
    told = tell(template, enrolled(), *meals(6, 7, 8, 9, 10), check("2025-01-10T13:00"), punches_needed=10)

    assert seen(told, "ana")["cards"] == [{"program": "five-visits", "punches": 5, "of": 10}]
