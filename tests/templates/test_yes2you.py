"""Yes2You: a point per dollar, $5 per hundred on the 1st, gifts for birthdays and e-mail alerts, bonus events."""

import pytest

from tests.factories.stories import at, check, points, tell, vouchers

pytestmark = [pytest.mark.long, pytest.mark.django_db]


def test_each_full_hundred_becomes_five_dollars_on_the_first():
    told = tell(
        "yes2you",
        at("2025-01-05T12:00", "ana", "enrol"),
        at("2025-01-06T12:00", "ana", "activity", amount="350.99"),
        check("2025-02-01T00:00"),
        at("2025-02-03T12:00", "ana", "activity", amount=49),
        check("2025-03-01T00:00"),
        at("2025-03-03T12:00", "ana", "activity", amount=1),
        check("2025-04-01T00:00"),
    )

    assert [points(told, "ana", number)["available"] for number in range(3)] == [50, 99, 0]
    assert vouchers(told, "ana") == [(None, "15.00", "unused"), (None, "5.00", "unused")]


def test_gifts_for_the_birthday_and_for_the_first_yes_to_e_mails():
    told = tell(
        "yes2you",
        at("2025-01-05T12:00", "ana", "enrol", birth_date="1990-02-10", email="ana@example.com"),
        at("2025-01-06T12:00", "ana", "consent", channel="email", given=True),
        at("2025-01-07T12:00", "ana", "consent", channel="email", given=False),
        at("2025-01-08T12:00", "ana", "consent", channel="email", given=True),
        check("2025-02-10T00:00"),
        check("2025-03-12T00:00"),
    )

    assert vouchers(told, "ana", 0) == [("alerts", None, "unused"), ("birthday-gift", "5.00", "unused")]
    assert vouchers(told, "ana", 1) == [("alerts", None, "unused"), ("birthday-gift", "5.00", "expired")]


def test_a_bonus_point_event_doubles_the_points_of_its_days():
    told = tell(
        "yes2you",
        at("2025-01-05T12:00", "ana", "enrol"),
        at("2025-03-07T12:00", "ana", "activity", amount=10),
        at("2025-03-08T12:00", "ana", "activity", amount=10),
        check("2025-03-09T12:00"),
        **{
            "earning_rules.bonus-event.valid_from": "2025-03-08T00:00:00Z",
            "earning_rules.bonus-event.valid_to": "2025-03-09T00:00:00Z",
        },
    )

    assert points(told, "ana")["available"] == 10 + 20


def test_points_end_with_the_day_before_they_are_a_year_old():
    told = tell(
        "yes2you",
        at("2025-01-05T12:00", "ana", "enrol"),
        at("2025-01-06T12:00", "ana", "activity", amount=99),
        check("2026-01-05T23:59"),
        check("2026-01-06T00:00"),
    )

    assert [points(told, "ana", number)["available"] for number in range(2)] == [99, 0]
