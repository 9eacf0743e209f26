"""A balance over time: each day of a short life, the ends of months of a long one."""

from datetime import date

from loyalty.backoffice.pages.over_time import balances


def test_a_short_life_is_drawn_by_days():
    moves = [(date(2026, 3, 1), 10), (date(2026, 3, 3), -4)]

    assert balances(moves, date(2026, 3, 4)) == [
        (date(2026, 3, 1), 10),
        (date(2026, 3, 2), 10),
        (date(2026, 3, 3), 6),
        (date(2026, 3, 4), 6),
    ]


def test_a_long_life_is_drawn_by_months_and_ends_today():
    moves = [(date(2025, 11, 15), 10), (date(2026, 1, 31), 5), (date(2026, 2, 1), -15)]

    assert balances(moves, date(2026, 3, 10)) == [
        (date(2025, 11, 30), 10),
        (date(2025, 12, 31), 10),
        (date(2026, 1, 31), 15),
        (date(2026, 2, 28), 0),
        (date(2026, 3, 10), 0),
    ]


def test_several_movements_of_a_day_are_one_point():
    assert balances([(date(2026, 3, 1), 10), (date(2026, 3, 1), 7)], date(2026, 3, 1)) == [(date(2026, 3, 1), 17)]


def test_movements_ahead_of_today_are_drawn():
    assert balances([(date(2026, 3, 2), 10)], date(2026, 3, 1)) == [(date(2026, 3, 2), 10)]


def test_decades_keep_the_last_three_years():
    drawn = balances([(date(1997, 1, 1), 10)], date(2026, 3, 10))

    assert drawn[0] == (date(2023, 3, 31), 10)
    assert drawn[-1] == (date(2026, 3, 10), 10)


def test_nothing_happened_nothing_drawn():
    assert balances([], date(2026, 3, 1)) == []
