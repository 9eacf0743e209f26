"""Prime: a free month, then $99 a year; no points, and advantages for as long as it is paid."""

import pytest

from tests.factories.stories import at, check, points, seen, tell

pytestmark = [pytest.mark.long, pytest.mark.django_db]
JOINED = (
    at("2025-01-05T12:00", "ana", "enrol"),
    at("2025-01-05T12:01", "ana", "subscribe", plan="prime"),
)


def states(told):
    found = [seen(told, "ana", number)["subscription"] for number in range(len(told["checks"]))]
    return [(one["state"], one["paid_charges"], one["benefits"]) for one in found]


def test_a_month_free_then_a_year_paid():
    told = tell(
        "prime",
        *JOINED,
        at("2025-01-20T12:00", "ana", "activity", amount=100),
        check("2025-02-03T12:00"),
        check("2025-02-05T12:00"),
        check("2026-02-05T12:00"),
    )

    assert states(told) == [("trialing", 0, True), ("active", 1, True), ("active", 2, True)]
    assert points(told, "ana")["available"] == 0


def test_who_cancels_in_the_free_month_pays_nothing_and_has_no_second_one():
    told = tell(
        "prime",
        *JOINED,
        at("2025-01-10T12:00", "ana", "cancel"),
        check("2025-01-20T12:00"),
        check("2025-02-05T12:00"),
        at("2025-02-06T12:00", "ana", "subscribe", plan="prime"),
        check("2025-02-06T12:01"),
    )

    assert states(told) == [("trialing", 0, True), ("cancelled", 0, False), ("active", 1, True)]


def test_a_declined_renewal_is_tried_again_and_keeps_the_advantages_meanwhile():
    told = tell(
        "prime",
        *JOINED,
        at("2026-02-01T12:00", "ana", "charge_result", results=["declined", "ok"]),
        check("2026-02-04T12:00"),
        check("2026-02-05T12:00"),
    )

    assert states(told) == [("past_due", 1, True), ("active", 2, True)]


def test_who_never_pays_again_loses_them():
    told = tell(
        "prime",
        *JOINED,
        at("2026-02-01T12:00", "ana", "charge_result", result="declined"),
        check("2026-02-20T12:00"),
        at("2026-02-21T12:00", "ana", "cancel"),
    )

    assert states(told) == [("expired", 1, False)]
    assert [refusal["code"] for refusal in told["refusals"]] == ["subscription_ended"]
