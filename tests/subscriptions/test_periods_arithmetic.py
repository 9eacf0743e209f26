"""Periods counted from the anchor, shares of a price, the schedule of retries: no database."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.subscriptions import rules

ANCHORS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
EVERY = st.sampled_from(["month", "quarter", "year"])


def boundaries(anchor, every, count):
    days = [anchor]
    for _ in range(count):
        days.append(rules.period_end(anchor, every, days[-1]))
    return days


def test_the_31st_comes_back_after_a_short_month():
    assert boundaries(date(2025, 1, 31), "month", 4) == [
        date(2025, 1, 31),
        date(2025, 2, 28),
        date(2025, 3, 31),
        date(2025, 4, 30),
        date(2025, 5, 31),
    ]


def test_29_february_is_28_in_other_years_and_comes_back():
    years = boundaries(date(2024, 2, 29), "year", 4)
    assert years[1:] == [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]


@given(ANCHORS, EVERY)
def test_every_boundary_is_the_anchors_day_or_the_months_last(anchor, every):
    for boundary in boundaries(anchor, every, 30):
        assert boundary.day == min(anchor.day, monthrange(boundary.year, boundary.month)[1])


@given(ANCHORS, EVERY)
def test_periods_follow_each_other_one_by_one(anchor, every):
    months = [day.year * 12 + day.month for day in boundaries(anchor, every, 30)]
    assert {later - earlier for earlier, later in zip(months, months[1:], strict=False)} == {rules.MONTHS[every]}


@given(ANCHORS, st.lists(EVERY, max_size=20))
def test_another_rhythm_keeps_the_day(anchor, rhythms):
    day = anchor
    for every in rhythms:
        following = rules.period_end(anchor, every, day)
        assert following.year * 12 + following.month == day.year * 12 + day.month + rules.MONTHS[every]
        day = following


@pytest.mark.parametrize(("left", "worth"), [(30, 1000), (15, 500), (1, 33), (2, 67), (0, 0), (-3, 0), (99, 1000)])
def test_unused_days_are_worth_their_share(left, worth):
    assert rules.share(1000, days=30, left=left) == worth


@given(st.integers(0, 10**9), st.integers(1, 366), st.data())
def test_what_was_used_and_what_is_left_are_the_whole(amount, days, data):
    left = data.draw(st.integers(0, days))
    parts = rules.share(amount, days=days, left=left) + rules.share(amount, days=days, left=days - left)
    assert abs(parts - amount) <= 1
    assert 0 <= rules.share(amount, days=days, left=left) <= amount


def schedule(retry_days, grace_days):
    """Every step after a failure on 1 March, as days after it."""
    failed = tried = date(2025, 3, 1)
    steps = []
    while not steps or steps[-1][0] is rules.Step.RETRY:
        step, on = rules.next_step(failed, retry_days, grace_days, tried)
        steps.append((step, (on - failed).days))
        tried = on
    return steps


def test_retries_come_on_their_days_and_then_the_end():
    assert schedule([1, 3, 5, 7], 7) == [("retry", 1), ("retry", 3), ("retry", 5), ("retry", 7), ("expire", 7)]
    assert schedule([], 10) == [("expire", 10)]
    assert schedule([], 0) == [("expire", 0)]


@given(st.lists(st.integers(1, 30), unique=True).map(sorted), st.integers(0, 60))
def test_no_retry_comes_after_the_grace(retry_days, grace_days):
    *retries, (last, end) = schedule(retry_days, grace_days)
    assert last is rules.Step.EXPIRE
    assert end == grace_days
    assert [day for _step, day in retries] == [day for day in retry_days if day <= grace_days]


def test_days_missed_by_the_worker_are_not_made_up_for_one_by_one():
    failed = date(2025, 3, 1)
    assert rules.next_step(failed, [1, 3, 5], 7, failed + timedelta(days=4)) == ("retry", date(2025, 3, 6))
