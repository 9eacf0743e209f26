"""A card past its end takes nothing more, whether or not the night has said so; a late visit is judged by its day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.backoffice.nightly import run_night
from loyalty.events.models import Event
from loyalty.punchcards.rules import card_end
from tests.earning.desk import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_days(card):
    """The day of opening is the first."""
    card.expiry, card.expires_after = "days", 3
    card.save()
    return card


def night(program, day):
    as_of = (NOON + day * DAY).date()
    return run_night(program=program, as_of=as_of, at=NOON + day * DAY, only="punchcards")


def expired_events():
    return list(Event.objects.filter(kind="punchcard.expired").values_list("payload__punches", flat=True))


def test_a_card_that_has_ended_is_followed_by_a_new_one(three_days, till):
    till.visit(0)
    till.visit(2)
    till.visit(3)
    assert till.cards() == ["2/5", "1/5"]
    assert till.held(NOON + 3 * DAY) == [("coffee", 1, 5)]


def test_what_has_ended_is_not_shown_any_more(three_days, till):
    till.visit()
    assert till.held(NOON + 2 * DAY) == [("coffee", 1, 5)]
    assert till.held(NOON + 3 * DAY) == [("coffee", 0, 5)]


def test_the_night_marks_and_announces_once(three_days, till, program):
    till.visit()
    night(program, 2)
    assert till.cards() == ["1/5"]
    night(program, 3)
    assert (till.cards(), expired_events()) == (["1/5x"], [1])
    night(program, 3)
    night(program, 4)
    assert expired_events() == [1]


def test_a_night_without_cards_has_nothing_to_do(card, till, program):
    till.visit()
    assert night(program, 3).jobs == []


def test_a_late_visit_goes_onto_the_card_of_its_day(three_days, till, program):
    for hours in range(4):
        till.visit(0, occurred_at=NOON + timedelta(hours=hours / 10))
    till.visit(3)
    night(program, 3)
    assert till.cards() == ["4/5x", "1/5"]

    till.visit(2, at=NOON + 4 * DAY)

    assert (till.cards(), till.rewards()) == (["5/5*", "1/5"], ["unused"])


def test_a_late_visit_before_the_definition_does_not_punch(card, till):
    card.valid_from = NOON
    card.save()
    late = till.visit(-1, at=NOON + DAY)
    assert (late.outcomes, till.cards()) == ([], [])


def test_a_card_that_was_reopened_after_its_end_is_over(three_days, till):
    for _ in range(4):
        till.visit()
    till.record(5, external_id="T")
    till.refund("T", day=4)
    assert (till.cards(), till.rewards()) == (["4/5x"], ["withdrawn"])
    till.visit(5)
    assert till.cards() == ["4/5x", "1/5"]


@pytest.mark.parametrize(
    ("expiry", "term", "end"),
    [
        ("never", None, None),
        ("days", 1, datetime(2026, 1, 31, 23, tzinfo=UTC)),
        ("days", 30, datetime(2026, 3, 1, 23, tzinfo=UTC)),
        ("months", 1, datetime(2026, 2, 27, 23, tzinfo=UTC)),
        ("months", 3, datetime(2026, 4, 29, 22, tzinfo=UTC)),
    ],
)
def test_a_term_ends_at_midnight_of_the_program(program, expiry, term, end):
    opened = datetime(2026, 1, 31, 11, tzinfo=UTC)
    assert card_end(expiry, term, opened, program.tzinfo) == end


def test_an_owed_reward_is_given_once_it_is_in_stock(card, till, program, coffee):
    coffee.stock = 0
    coffee.save()
    for day in range(5):
        till.visit(day)
    night(program, 5)
    assert till.rewards() == []
    coffee.stock = 3
    coffee.save()
    night(program, 6)
    night(program, 7)
    coffee.refresh_from_db()
    assert (till.rewards(), coffee.stock) == (["unused"], 2)


def test_the_first_night_is_that_of_the_first_activity(program, card):
    assert run_night(program=program, as_of=date(2026, 3, 5), at=NOON, only="punchcards").jobs == []
