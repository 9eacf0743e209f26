"""Happy hours: days and hours of the clock in the store."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.factories.earning import base_rule, granted, outcome, purchase

PARIS = ZoneInfo("Europe/Paris")


def bought(text, tz=UTC):
    moment = datetime.fromisoformat(text).replace(tzinfo=tz)
    return purchase(10, at=moment.astimezone(UTC), local=moment)


def test_mondays_are_the_store_s_mondays():
    mondays = base_rule(weekdays=[1])
    after_midnight_in_paris = bought("2026-03-02T00:30", PARIS)
    assert granted(after_midnight_in_paris, mondays) == 10
    assert outcome(bought("2026-03-03T00:30", PARIS), mondays)["reason"] == "other_weekday"


@pytest.mark.parametrize(("time", "points"), [("13:59", 0), ("14:00", 10), ("15:59", 10), ("16:00", 0)])
def test_happy_hours_begin_on_the_hour_and_end_before_the_last(time, points):
    assert granted(bought(f"2026-03-02T{time}"), base_rule(hour_from=14, hour_to=16)) == points


def test_outside_its_hours_a_rule_says_so():
    assert outcome(bought("2026-03-02T09:00"), base_rule(hour_from=14, hour_to=16))["reason"] == "outside_hours"


def test_from_six_in_the_evening_means_until_midnight():
    assert granted(bought("2026-03-02T23:59"), base_rule(hour_from=18)) == 10
    assert granted(bought("2026-03-02T17:59"), base_rule(hour_from=18)) == 0


def test_until_nine_means_since_midnight():
    assert granted(bought("2026-03-02T00:00"), base_rule(hour_to=9)) == 10
    assert granted(bought("2026-03-02T09:00"), base_rule(hour_to=9)) == 0


@pytest.mark.parametrize(
    ("moment", "points"),
    [
        ("2026-03-06T22:00", 10),  # Friday night
        ("2026-03-07T03:59", 10),  # still Friday night
        ("2026-03-07T04:00", 0),
        ("2026-03-07T23:00", 0),  # Saturday night
        ("2026-03-06T01:00", 0),  # Thursday night
    ],
)
def test_friday_night_goes_on_until_saturday_morning(moment, points):
    assert granted(bought(moment), base_rule(weekdays=[5], hour_from=22, hour_to=4)) == points
