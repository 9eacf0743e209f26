"""Streaks, counts and periods as arithmetic."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.challenges import rules
from loyalty.challenges.rules import Conditions, Terms

PARIS = ZoneInfo("Europe/Paris")
FIRST = date(2026, 1, 1)
DAYS = st.sets(st.integers(0, 120), max_size=40).map(lambda ns: {FIRST + timedelta(days=n) for n in ns})
EVERY = st.sampled_from(["day", "week", "month"])
PURCHASES = Conditions(kinds=frozenset(["purchase"]))


def streaks(needed, every="day", times=None):
    return Terms(goal="streak", needed=needed, every=every, times=times, conditions=PURCHASES)


def counts(needed, times=None, goal="count", minimum=0):
    conditions = Conditions(kinds=frozenset(["purchase"]), minimum_amount=minimum)
    return Terms(goal=goal, needed=needed, times=times, conditions=conditions)


@given(days=DAYS, every=EVERY)
def test_runs_hold_each_day_week_or_month_once(days, every):
    assert sum(rules.runs(every, days)) == len({rules._number(every, day) for day in days})


@given(days=DAYS, needed=st.integers(1, 6), every=EVERY, extra=st.integers(0, 120))
def test_another_day_never_loses_a_win(days, needed, every, extra):
    terms = streaks(needed, every)
    assert rules.wins(terms, 0, days | {FIRST + timedelta(days=extra)}) >= rules.wins(terms, 0, days)


@given(days=DAYS, needed=st.integers(1, 6))
def test_days_in_a_row_are_found_by_looking_at_each(days, needed):
    slow, run, day = 0, 0, FIRST
    while day <= FIRST + timedelta(days=121):
        run = run + 1 if day in days else 0
        slow += bool(run) and run % needed == 0
        day += timedelta(days=1)
    assert rules.wins(streaks(needed), 0, days) == slow


@given(days=DAYS, every=EVERY)
def test_the_streak_that_is_alive_is_the_last_run(days, every):
    if days:
        assert rules.streak(every, days, max(days)) == rules.runs(every, days)[-1]
        assert rules.streak(every, days, max(days) + timedelta(days=63)) == 0


@given(total=st.integers(0, 1000), needed=st.integers(1, 50), times=st.none() | st.integers(1, 5))
def test_what_is_shown_lies_within_the_goal(total, needed, times):
    terms = counts(needed, times)
    won = rules.wins(terms, total, ())
    shown = rules.shown(terms, total, won)
    assert 0 <= shown <= needed
    assert (shown == needed) == (times is not None and won == times)


@given(value=st.integers(1, 10_000), parts=st.lists(st.integers(1, 500), min_size=1, max_size=6))
def test_refunds_take_in_all_what_was_added(value, parts):
    amount, refunded, taken = sum(parts), 0, 0
    for part in parts:
        refunded += part
        added = rules.Added(value=value, amount=amount, taken=taken)
        taken += rules.to_take(counts(1, goal="amount"), added, amount=amount, refunded=refunded)
        assert 0 <= taken <= value
    assert taken == value


@pytest.mark.parametrize("refunded, taken", [(999, 0), (1000, 0), (1001, 1), (2000, 1)])
def test_a_purchase_counts_while_what_is_left_reaches_the_minimum(refunded, taken):
    added = rules.Added(value=1, amount=2000)
    assert rules.to_take(counts(3, minimum=1000), added, amount=2000, refunded=refunded) == taken


@pytest.mark.parametrize(
    "period, day, name",
    [
        ("", date(2026, 3, 31), ""),
        ("month", date(2026, 3, 31), "2026-03"),
        ("month", date(2026, 4, 1), "2026-04"),
        ("week", date(2026, 1, 1), "2026-W01"),
        ("week", date(2027, 1, 3), "2026-W53"),
    ],
)
def test_a_period_has_a_name(period, day, name):
    assert rules.period_of(period, day) == name


def ends(period, day, valid_to=None):
    terms = Terms(goal="count", needed=1, period=period, valid_to=valid_to, conditions=PURCHASES)
    return rules.period_ends_at(terms, day, PARIS)


def test_a_period_ends_at_midnight_of_the_zone():
    assert ends("month", date(2026, 3, 31)) == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert ends("month", date(2026, 2, 28)) == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert ends("week", date(2026, 3, 29)) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert ends("", date(2026, 3, 1)) is None


def test_the_end_of_the_challenge_comes_first():
    end = datetime(2026, 3, 10, tzinfo=UTC)
    assert ends("month", date(2026, 3, 1), valid_to=end) == end
