"""Club: free, without points; codes for joining, for the birthday and for reading e-mails."""

import pytest

from tests.factories.stories import at, check, points, tell, vouchers

pytestmark = pytest.mark.django_db


def test_members_have_codes_and_no_points():
    told = tell(
        "club",
        at("2025-01-05T12:00", "ana", "enrol", birth_date="1990-02-28", email="ana@example.com", consents=["email"]),
        at("2025-01-06T12:00", "ana", "activity", amount=500),
        check("2025-02-28T12:00"),
    )

    assert points(told, "ana") == {"available": 0, "pending": 0, "debt": 0}
    assert {reward for reward, _value, _state in vouchers(told, "ana")} == {"welcome", "alerts", "birthday"}
