"""The arithmetic of a pile of cards, by any sequence of punches and of what is taken back. No database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.programs.kinds import Refunded
from loyalty.punchcards.pile import Card, Pile
from loyalty.punchcards.rules import to_take_back

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def pile(*, of=10, days=None):
    return Pile(lambda number, at: Card(number, of, at, at + days * DAY if days else None))


def shown(cards):
    return [(card.punches, card.of) for card in cards]


@pytest.mark.parametrize(
    ("count", "cards"),
    [(0, []), (10, [(10, 10)]), (13, [(10, 10), (3, 10)]), (25, [(10, 10), (10, 10), (5, 10)])],
)
def test_overflow_carries_over(count, cards):
    mine = pile()
    placed = mine.punch(count, START)
    assert (shown(mine.cards), placed.lost) == (cards, 0)
    assert len(placed.filled) == count // 10


def test_no_more_is_taken_back_than_there_is():
    mine = pile()
    mine.punch(3, START)
    mine.take_back(4, START, of=mine.cards)
    assert shown(mine.cards) == [(0, 10)]


def test_of_two_open_cards_the_fuller_is_filled_first():
    mine = pile(of=5)
    mine.cards = [Card(1, 5, START, punches=1), Card(2, 5, START, punches=4)]
    mine.punch(3, START)
    assert shown(mine.cards) == [(3, 5), (5, 5)]


acts = st.lists(
    st.tuples(
        st.integers(1, 35),  # how many punches
        st.integers(0, 40),  # on which day
        st.integers(0, 100),  # how much of it is refunded, in percent; then the rest or nothing
        st.booleans(),
    ),
    max_size=12,
)


@given(acts=acts, of=st.integers(1, 12), days=st.none() | st.integers(1, 20), carries_over=st.booleans())
def test_no_punch_is_won_or_lost(acts, of, days, carries_over):
    """Given − taken = what stands on the cards; a full card counts what fills it, and no card holds more."""
    mine, balance = pile(of=of, days=days), 0
    given = []
    for count, day, percent, whole in acts:
        at = START + day * DAY
        placed = mine.punch(count, at, carries_over=carries_over)
        assert sum(part.count for part in placed.parts) + placed.lost == count
        balance += count - placed.lost
        given.append((placed, count - placed.lost, at, percent, whole))
        check(mine, balance)
    for placed, count, at, percent, whole in given:
        for taken in (count * percent // 100, count - count * percent // 100 if whole else 0):
            parts, _reopened = mine.take_back(taken, at + DAY, of=[part.card for part in placed.parts])
            assert -sum(part.count for part in parts) == taken
            balance -= taken
            check(mine, balance)


def check(pile, balance):
    assert sum(card.punches for card in pile.cards) == balance
    assert all(0 <= card.punches <= card.of for card in pile.cards)
    assert all((card.state == "completed") == card.is_full == (card.completed_at is not None) for card in pile.cards)
    assert [card.number for card in pile.cards] == list(range(1, len(pile.cards) + 1))


@given(counts=st.lists(st.integers(1, 30), min_size=1, max_size=8), data=st.data())
def test_without_an_end_only_the_total_counts(counts, data):
    """However purchases and refunds came, the cards stand as if only what was kept had ever been given."""
    mine, kept = pile(), 0
    for count in counts:
        placed = mine.punch(count, START)
        taken = data.draw(st.integers(0, count))
        mine.take_back(taken, START, of=[part.card for part in placed.parts])
        kept += count - taken
    fresh = pile()
    fresh.punch(kept, START)
    assert [card for card in shown(mine.cards) if card[0]] == shown(fresh.cards)


@given(
    given_=st.integers(1, 50),
    lost=st.integers(0, 20),
    amount=st.integers(1, 10_000),
    cuts=st.lists(st.integers(0, 10_000), max_size=6),
    given_for=st.sampled_from(["visit", "item", "amount"]),
)
def test_once_all_is_refunded_all_was_taken(given_, lost, amount, cuts, given_for):
    taken = 0
    for refunded in [*sorted(min(cut, amount) for cut in cuts), amount]:
        refund = Refunded(activity_id=1, occurred_at=START, amount=amount, refunded=refunded)
        more = to_take_back(refund, given_for=given_for, given=given_, lost=lost, taken=taken)
        assert more >= 0
        taken += more
        assert taken <= given_
    assert taken == given_
