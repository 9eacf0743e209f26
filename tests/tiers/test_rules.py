"""The arithmetic of tiers, without a database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.lib.periods import start_of_day
from loyalty.tiers import rules
from loyalty.tiers.careers import Career, Tally
from loyalty.tiers.rules import Level, Reason, Terms, Window

PARIS = ZoneInfo("Europe/Paris")
LEVELS = tuple(
    Level(code, threshold, number) for number, (code, threshold) in enumerate([("a", 100), ("b", 250), ("c", 600)])
)
START = datetime(2024, 1, 1, tzinfo=UTC)


def terms(**changes):
    return Terms(**({"levels": LEVELS, "tz": PARIS} | changes))


any_terms = st.builds(
    terms,
    window=st.sampled_from(list(Window)),
    months=st.integers(1, 24),
    soft_landing=st.booleans(),
    grace_days=st.integers(0, 60),
    each_passed=st.booleans(),
)
moments = st.integers(0, 4 * 365 * 24).map(lambda hours: START + timedelta(hours=hours))
purchases = st.lists(st.tuples(moments, st.integers(0, 400)), max_size=25)


def midnight(text):
    return start_of_day(date.fromisoformat(text), PARIS)


@pytest.mark.parametrize(("measure", "code"), [(0, None), (99, None), (100, "a"), (249, "a"), (250, "b"), (9999, "c")])
def test_a_measure_earns_the_highest_tier_that_it_reaches(measure, code):
    level = rules.earned(terms(), measure)
    assert (level.code if level else None) == code


def test_a_tier_that_cannot_be_reached_any_more_is_passed_over():
    closed = Level("b", 250, 1, is_active=False)
    assert rules.earned(terms(levels=(LEVELS[0], closed, LEVELS[2])), 300) == LEVELS[0]


@pytest.mark.parametrize(
    ("window", "first", "end"),
    [
        (Window.YEAR, "2025-01-01", "2026-01-01"),
        (Window.ROLLING, "2024-03-11", "2026-03-10"),
    ],
)
def test_windows_begin_and_end_at_midnight_of_the_program(window, first, end):
    noon = datetime(2025, 3, 10, 11, tzinfo=UTC)
    assert rules.window_start(terms(window=window), noon) == midnight(first)
    assert rules.window_end(terms(window=window), noon) == midnight(end)


def test_a_rolling_tier_is_measured_from_the_day_after_it_was_reached():
    period = rules.period(terms(window=Window.ROLLING), datetime(2025, 3, 10, 11, tzinfo=UTC))
    assert period == (midnight("2025-03-11"), midnight("2026-03-10"))


def test_grace_puts_the_look_off_across_a_change_of_clocks():
    assert rules.look_at(terms(grace_days=60), midnight("2026-02-15")) == midnight("2026-04-16")


@given(any_terms, st.integers(-100, 2000), st.sampled_from(LEVELS))
def test_a_look_never_raises_and_soft_landing_takes_one_tier(terms, measure, level):
    after, reason = rules.after_look(terms, level, measure)
    assert rules.rank(after) <= level.threshold
    assert (reason == Reason.RENEWED) == (measure >= level.threshold)
    if terms.soft_landing and after != level:
        assert LEVELS.index(after) == LEVELS.index(level) - 1 if after else level == LEVELS[0]


@given(st.lists(st.integers(0, 50), min_size=1))
def test_thresholds_that_rise_are_in_order_and_others_are_not(thresholds):
    ascends = all(one < other for one, other in zip(thresholds, thresholds[1:], strict=False))
    assert (not list(rules.thresholds_ascend(thresholds))) == ascends


def walked(terms, bought):
    career = Career(terms, [], Tally())
    for number, (moment, value) in enumerate(bought):
        career.follow(activity_id=number, moment=moment, value=value)
    return career


@given(any_terms, purchases)
def test_stretches_follow_each_other_without_a_gap(terms, bought):
    career = walked(terms, sorted(bought))
    for one, other in zip(career.stretches, career.stretches[1:], strict=False):
        assert one.ends_at == other.starts_at
        assert one.starts_at <= one.ends_at
    assert not career.stretches or career.stretches[-1].ends_at is None


@given(any_terms, purchases)
def test_nobody_comes_down_before_the_period_ends(terms, bought):
    career = walked(terms, sorted(bought))
    for one, other in zip(career.stretches, career.stretches[1:], strict=False):
        if rules.rank(other.level) < rules.rank(one.level):
            assert other.reason == Reason.DROPPED
            assert other.starts_at == rules.look_at(terms, one.period.ends_at)


@given(any_terms, purchases)
def test_whoever_has_reached_a_tier_in_the_window_has_it(terms, bought):
    career = walked(terms, sorted(bought))
    if bought:
        moment = max(moment for moment, _ in bought)
        measure = career.tally.up_to(rules.window_start(terms, moment), moment)
        assert rules.rank(career.level) >= rules.rank(rules.earned(terms, measure))


@given(any_terms.filter(lambda terms: terms.window != Window.ROLLING), purchases, st.randoms())
def test_the_order_in_which_a_batch_arrives_does_not_lower_the_tier_of_its_window(terms, bought, random):
    shuffled = list(bought)
    random.shuffle(shuffled)
    career = walked(terms, shuffled)
    if bought:
        last = max(moment for moment, _ in bought)
        in_order = rules.earned(terms, career.tally.up_to(rules.window_start(terms, last), last))
        assert rules.rank(career.level) >= rules.rank(in_order)


@given(any_terms, st.lists(st.tuples(moments, st.integers(1, 700)), min_size=1, max_size=12))
def test_a_refund_at_once_leads_back_to_the_tier_before(terms, bought):
    *before, (moment, value) = sorted(bought)
    career = walked(terms, before)
    career.look(moment)
    level = career.level
    career.follow(activity_id=999, moment=moment, value=value)
    career.refund(purchase_id=999, purchased_at=moment, activity_id=1000, moment=moment, value=-value)
    assert career.level == level


@given(purchases, moments, moments)
def test_a_tally_adds_up(bought, one, other):
    tally, (start, end) = Tally(bought), sorted([one, other])
    assert tally.between(start, end) == sum(value for moment, value in bought if start <= moment < end)
    assert tally.up_to(start, end) == sum(value for moment, value in bought if start <= moment <= end)
