"""A reward each month, quarter, year or birthday for as long as the tier is held."""

from datetime import date

import pytest

from loyalty.lib.periods import start_of_day
from rewards.operations import issue_entitlements
from tests.factories.tiers import Trail, gift, outdoor_tiers

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(program, ana):
    def walk(every, **terms):
        names = {"code": "gold", "name_en": "Gold", "name_fr": "Or", "threshold": 100}
        recurring = {"recurring_reward": gift(program, 5), "recurs": every}
        outdoor_tiers(program, tiers=[names | recurring], **terms)
        return Trail(program, ana)

    return walk


@pytest.fixture
def nights(program, ana):
    """The nights of these days, in the order of the night: promised rewards before tiers."""

    def nights(trail, *days):
        for on in days:
            at = start_of_day(date.fromisoformat(on), program.tzinfo)
            issue_entitlements(program=program, at=at, first_member=ana.pk, last_member=ana.pk)
            trail.night(on)
        return [f"{voucher.issued_at.astimezone(program.tzinfo):%Y-%m-%d}" for voucher in ana.vouchers.order_by("id")]

    return nights


def test_each_month_until_the_tier_is_lost(walk, nights):
    trail = walk("month")
    trail.buy("2025-10-15", 100)
    months = ["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"]
    assert nights(trail, *months) == months
    assert nights(trail, "2026-12-01", "2027-01-01", "2027-02-01")[-1] == "2026-12-01"
    assert trail.tier == ""


def test_a_night_done_twice_gives_one(walk, nights):
    trail = walk("month")
    trail.buy("2025-12-15", 100)
    assert nights(trail, "2026-01-01", "2026-01-01", "2026-01-02") == ["2026-01-01"]


def test_each_birthday_that_of_a_leap_day_on_28_february(walk, nights, ana):
    ana.birth_date = date(2000, 2, 29)
    ana.save()
    trail = walk("birthday")
    trail.buy("2025-03-15", 100)
    assert nights(trail, "2026-01-01", "2026-02-27", "2026-02-28", "2026-03-01") == ["2026-02-28"]


def test_a_refund_takes_the_promise_back(walk, nights):
    trail = walk("month")
    trail.buy("2025-10-15", 100, ticket="T")
    trail.refund("2025-10-20", "T")
    assert nights(trail, "2025-11-01") == []


def test_a_history_promises_nothing_for_the_past(walk, nights):
    trail = walk("month")
    trail.load(trail.activity("2026-01-15", 100), at="2026-06-10")
    assert nights(trail, "2026-06-11", "2026-07-01") == ["2026-07-01"]


def test_a_rolling_period_that_is_renewed_gives_no_month_twice(walk, nights):
    trail = walk("month", window="rolling", months=2)
    trail.buy("2025-10-15", 100)
    trail.buy("2025-11-15", 100)
    days = ["2025-11-01", "2025-12-01", "2025-12-15", "2026-01-01", "2026-02-01", "2026-02-15", "2026-03-01"]
    assert nights(trail, *days) == ["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"]
