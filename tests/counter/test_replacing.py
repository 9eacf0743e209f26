"""A lost card names nobody any more; another is in the member's hands."""

import pytest
from django.utils import timezone

from loyalty.counter.models import CounterAction
from members.models import Card
from members.operations import block_card, block_member
from tests.factories.counter import key_of, text_of
from tests.factories.members import CardFactory
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db


def ready(program):
    return CardFactory(program=program, member=None, state=Card.State.READY, activated_at=None)


def test_the_old_card_is_blocked_and_the_scanned_one_takes_its_place_once(till, ana, program):
    old, new = ana.cards.get(), ready(program)
    key = key_of(till.at(ana, "card"))
    sent = {"old": old.pk, "reason": "stolen", "card": new.number}

    page = text_of(till.do("card", ana, key=key, **sent))

    assert f"New card {new.number}" in page
    assert f"Blocked {old.number}" in page
    assert "recorded already" in text_of(till.do("card", ana, key=key, **sent))
    old.refresh_from_db()
    assert (old.state, old.blocked_reason, old.replaced_by) == ("blocked", "Stolen", new)
    assert "This card was blocked" in text_of(till.find(old.number))
    assert "Ana Almeida" in text_of(till.find(new.number))
    assert "too late to undo" in text_of(till.undo())


def test_without_plastic_and_without_an_old_card_there_is_a_card_all_the_same(till, ana, bruno, program):
    till.do("card", ana, old=ana.cards.get().pk, reason="lost")
    first = ana.cards.active().get()
    block_card(card=first, reason="lost", at=timezone.now(), by=None)

    assert "Card that is blocked" not in text_of(till.at(ana, "card"))
    till.do("card", ana)
    till.do("card", bruno, card=ready(program).number)

    assert ana.cards.active().get() != first
    assert bruno.cards.active().count() == 1
    assert CounterAction.objects.count() == 3


def test_what_cannot_be_handed_over_leaves_the_old_card_as_it_is(till, ana, bruno, program):
    old, taken = ana.cards.get(), CardFactory(program=program, member=bruno)
    sent = {"old": old.pk, "reason": "lost"}

    assert "in use already" in text_of(till.do("card", ana, **sent, card=taken.number))
    assert "another program" in text_of(till.do("card", ana, **sent, card=ready(ProgramFactory()).number))
    assert "This card is not known." in text_of(till.do("card", ana, **sent, card="12,50 😀"))
    assert "Select a valid choice" in text_of(till.do("card", ana, old=taken.pk, reason="lost"))
    till.user.email = ana.email
    till.user.save()
    assert "You cannot serve yourself" in text_of(till.do("card", ana, **sent))
    block_member(member=ana, reason="x", at=timezone.now(), by=None)
    assert "This membership is blocked" in text_of(till.do("card", ana, **sent))

    old.refresh_from_db()
    assert old.state == "active"
    assert not CounterAction.objects.exists()
