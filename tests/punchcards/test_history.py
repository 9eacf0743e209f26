"""A load of the past fills cards as they were filled, and gives nothing: whoever kept them has given it."""

import pytest

from loyalty.events.models import Event

pytestmark = pytest.mark.django_db


def test_a_history_leaves_the_card_where_it_stood(card, till):
    till.load(*[till.activity(10, day) for day in range(7)])
    assert (till.cards(), till.rewards()) == (["5/5*", "2/5"], [])
    assert not Event.objects.filter(kind="punchcard.completed").exists()


def test_a_card_that_history_began_gives_its_reward(card, till):
    till.load(*[till.activity(10, day) for day in range(4)])
    till.visit(5)
    assert till.rewards() == ["unused"]


def test_a_card_that_history_filled_gives_none_when_it_is_filled_again(card, till):
    till.load(*[till.activity(10, day, external_id=f"H{day}") for day in range(5)])
    till.refund("H4", day=6)
    till.visit(7)
    assert (till.cards(), till.rewards()) == (["5/5*"], [])
