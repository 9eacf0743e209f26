"""The days on which a promised reward is due: rules, without a database."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.timetable import Rhythm, birthday, due_days, due_from, first_due, period_name

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("rhythm", "at", "due"),
    [
        (Rhythm.ONCE, datetime(2025, 3, 5, 10, tzinfo=PARIS), date(2025, 3, 6)),
        (Rhythm.ONCE, datetime(2025, 3, 5, tzinfo=PARIS), date(2025, 3, 5)),
        (Rhythm.MONTH, datetime(2025, 3, 5, 10, tzinfo=PARIS), date(2025, 4, 1)),
        (Rhythm.MONTH, datetime(2025, 3, 1, tzinfo=PARIS), date(2025, 3, 1)),
        (Rhythm.MONTH, datetime(2025, 3, 1, 0, 1, tzinfo=PARIS), date(2025, 4, 1)),
        (Rhythm.QUARTER, datetime(2025, 12, 31, 23, tzinfo=PARIS), date(2026, 1, 1)),
        (Rhythm.YEAR, datetime(2025, 1, 1, 9, tzinfo=PARIS), date(2026, 1, 1)),
    ],
)
def test_the_first_issue_is_when_the_next_period_begins(rhythm, at, due):
    assert first_due(rhythm, at, PARIS, None) == due


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2025, 6, 16), date(2025, 6, 17)),
        (date(2025, 6, 17), date(2025, 6, 17)),
        (date(2025, 6, 18), date(2026, 6, 17)),
    ],
)
def test_a_birthday_counts_on_the_day_itself(on, due):
    at = datetime(on.year, on.month, on.day, 15, tzinfo=PARIS)
    assert first_due(Rhythm.BIRTHDAY, at, PARIS, date(1990, 6, 17)) == due


def test_an_unknown_birthday_is_never_due():
    assert first_due(Rhythm.BIRTHDAY, datetime(2025, 6, 17, tzinfo=PARIS), PARIS, None) is None


def test_who_was_born_on_29_february_celebrates_on_the_28th_in_common_years():
    born = date(2000, 2, 29)
    assert [birthday(born, year) for year in (2023, 2024, 2025)] == [
        date(2023, 2, 28),
        date(2024, 2, 29),
        date(2025, 2, 28),
    ]
    assert list(due_days(Rhythm.BIRTHDAY, date(2023, 2, 28), date(2025, 12, 31), born)) == [
        date(2023, 2, 28),
        date(2024, 2, 29),
        date(2025, 2, 28),
    ]
    assert due_from(Rhythm.BIRTHDAY, date(2023, 3, 1), born) == date(2024, 2, 29)


@given(
    st.sampled_from([Rhythm.MONTH, Rhythm.QUARTER, Rhythm.YEAR, Rhythm.BIRTHDAY]),
    st.dates(date(1930, 1, 1), date(2010, 12, 31)),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 900),
)
def test_each_period_is_due_once_however_the_days_are_cut(rhythm, born, start, length):
    first = due_from(rhythm, start, born)
    last = date.fromordinal(first.toordinal() + length)
    days = list(due_days(rhythm, first, last, born))
    names = [period_name(rhythm, day) for day in days]
    assert len(set(names)) == len(names)
    following = due_from(rhythm, date.fromordinal(days[-1].toordinal() + 1), born)
    assert following > last
    assert period_name(rhythm, following) not in names
