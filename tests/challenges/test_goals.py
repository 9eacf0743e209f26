"""What can be asked for: money, articles, new categories, days in a row."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.earning.basket import Line
from tests.earning.desk import DAY, NOON
from tests.factories.challenges import APRIL, MARCH, ChallengeFactory


def line(category, euros=10, quantity=1, sku=""):
    return Line(sku=sku, category=category, quantity=quantity, unit_price=euros * 100)


@pytest.fixture
def amount(program):
    return ChallengeFactory(program=program, goal="amount", target=None, target_amount=10_000)


def test_money_adds_up(desk, amount):
    desk.record(60)
    assert desk.progress(amount).count == 60_00
    desk.record(39.99, day=1)
    assert desk.points == 0
    desk.record(0.01, day=2)
    assert desk.points == 50


def test_points_pay_for_nothing_that_counts(desk, amount):
    desk.record(100, paid_with=(("points", 2_000), ("cash", 8_000)))
    assert desk.progress(amount).count == 80_00


def test_excluded_goods_do_not_count(desk, program, amount):
    program.excluded_categories = ["tobacco"]
    program.save()
    desk.record(100, lines=(line("tobacco", 60), line("bread", 40)))
    assert desk.progress(amount).count == 40_00
    ChallengeFactory(program=program, target=1)
    desk.record(60, lines=(line("tobacco", 60),))
    assert desk.points == 0


def test_only_the_goods_named_count(desk, program):
    coffee = ChallengeFactory(
        program=program, goal="amount", target=None, target_amount=10_000, categories=["coffee"], skus=["MUG"]
    )
    desk.record(50, lines=(line("coffee", 20), line("bread", 25), line("kitchen", 5, sku="MUG")))
    assert desk.progress(coffee).count == 25_00


def test_a_discount_on_the_whole_lowers_what_counts(desk, program):
    coffee = ChallengeFactory(program=program, goal="amount", target=None, target_amount=10_000, categories=["coffee"])
    desk.record(20, lines=(line("coffee", 20), line("bread", 20)))
    assert desk.progress(coffee).count == 10_00


def test_articles_are_counted(desk, program):
    ChallengeFactory(program=program, goal="items", target=5, categories=["coffee"])
    desk.record(40, lines=(line("coffee", 10, quantity=3), line("bread", 10)))
    assert desk.points == 0
    desk.record(20, day=1, lines=(line("coffee", 10, quantity=2),))
    assert desk.points == 50


@pytest.fixture
def new_category(program):
    return ChallengeFactory(
        program=program, goal="new_category", target=1, times=None, valid_from=MARCH, valid_to=APRIL
    )


def test_a_category_never_bought_before(desk, new_category):
    february = NOON - 20 * DAY
    desk.record(10, occurred_at=february, lines=(line("bread"),))
    desk.record(10, lines=(line("bread"),))
    assert desk.points == 0
    desk.record(20, day=1, lines=(line("bread"), line("wine")))
    assert desk.points == 50
    desk.record(10, day=2, lines=(line("wine"),))
    assert desk.points == 50


def test_what_was_loaded_from_the_past_was_bought_before(desk, new_category):
    desk.load(desk.activity(10, day=-100, lines=(line("wine"),)))
    desk.record(10, lines=(line("wine"),))
    assert desk.points == 0


def test_an_earlier_purchase_that_comes_to_light_takes_the_novelty_away(desk, new_category):
    desk.record(10, day=3, lines=(line("wine"),))
    assert desk.points == 50
    desk.record(10, occurred_at=NOON - 10 * DAY, at=NOON + 4 * DAY, lines=(line("wine"),))
    assert desk.progress(new_category).completions == 0


def test_within_the_time_it_counts_once_in_whatever_order_it_comes(desk, new_category):
    desk.record(10, day=3, lines=(line("wine"),))
    desk.record(10, day=1, at=NOON + 4 * DAY, lines=(line("wine"),))
    assert desk.points == 50


def test_five_days_in_a_row(desk, program):
    challenge = ChallengeFactory(program=program, goal="streak", target=5, every="day")
    for day in (0, 1, 2, 4, 5, 6):
        desk.record(day=day)
    assert desk.points == 0
    assert desk.progress(challenge, at=NOON + 6 * DAY).count == 3
    assert desk.progress(challenge, at=NOON + 8 * DAY).count == 0
    desk.record(day=3, at=NOON + 7 * DAY)
    assert desk.points == 50


def test_weeks_begin_on_monday(desk, program):
    """Sunday 8 and Monday 9 March are two weeks."""
    ChallengeFactory(program=program, goal="streak", target=2, every="week")
    desk.record(day=0)
    desk.record(day=6)
    assert desk.points == 0
    desk.record(day=7)
    assert desk.points == 50


def test_months_in_a_row_by_the_programs_calendar(desk, program):
    ChallengeFactory(program=program, goal="streak", target=2, every="month")
    late = datetime(2026, 4, 3, tzinfo=UTC)
    desk.record(occurred_at=APRIL - timedelta(seconds=1), at=late)
    assert desk.points == 0
    desk.record(occurred_at=APRIL, at=late)
    assert desk.points == 50
