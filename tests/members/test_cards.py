"""A card’s life: ready, handed over, blocked, replaced."""

from datetime import UTC, datetime

import pytest

from loyalty.lib import codes
from members import operations
from members.models import Card, CardBatch
from tests.factories.members import CardFactory, EnrolmentFactory, MemberFactory

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.fixture
def ready(program):
    return CardFactory(program=program, member=None, state=Card.State.READY, activated_at=None)


def refusal(verb, **arguments):
    with pytest.raises(operations.CardRefused) as refused:
        verb(**{"at": AT, "by": None} | arguments)
    assert str(refused.value)
    return refused.value.code


def test_a_card_without_plastic_is_active_at_once(program, bruno):
    card = operations.issue_card(program=program, member=bruno, at=AT, by=None)
    assert card.number.startswith("C")
    assert codes.is_valid(card.number)
    assert (card.state, card.member, card.activated_at) == (Card.State.ACTIVE, bruno, AT)


def test_a_card_from_the_drawer_becomes_the_members(ready, bruno, clerk):
    card = operations.activate_card(card=ready, member=bruno, at=AT, by=clerk)
    assert (card.state, card.member, card.activated_at) == (Card.State.ACTIVE, bruno, AT)
    assert card.history.latest("history_id").history_user == clerk


def test_a_card_is_handed_over_once(ready, ana, bruno):
    operations.activate_card(card=ready, member=bruno, at=AT, by=None)
    assert refusal(operations.activate_card, card=ready, member=ana) == "card_active"
    ready.refresh_from_db()
    assert ready.member == bruno


def test_a_blocked_card_stays_blocked(ready, ana):
    operations.block_card(card=ready, reason="scratched", at=AT, by=None)
    assert refusal(operations.activate_card, card=ready, member=ana) == "card_blocked"


def test_a_card_goes_to_members_of_its_program_only(ready):
    assert refusal(operations.activate_card, card=ready, member=MemberFactory()) == "member_not_enrolled"
    gone = EnrolmentFactory(program=ready.program, status="left").member
    assert refusal(operations.activate_card, card=ready, member=gone) == "member_not_enrolled"


def test_a_blocked_member_gets_no_card(program, ana):
    blocked = operations.block_member(member=ana, reason="fraud", at=AT, by=None)
    assert refusal(operations.issue_card, program=program, member=blocked) == "member_status"


def test_a_card_that_was_never_printed_cannot_be_handed_over(program, ana):
    batch = operations.generate_batch(program=program, quantity=1, at=AT, by=None)
    assert refusal(operations.activate_card, card=batch.cards.get(), member=ana) == "card_not_printed"
    operations.mark_printed(batch=CardBatch.objects.get(), at=AT, by=None)
    assert operations.activate_card(card=batch.cards.get(), member=ana, at=AT, by=None).member == ana


def test_blocking_keeps_who_when_and_why(ana, clerk):
    card = operations.block_card(card=ana.cards.get(), reason="stolen", at=AT, by=clerk)
    assert (card.state, card.blocked_at, card.blocked_reason) == (Card.State.BLOCKED, AT, "stolen")
    assert card.member == ana
    again = operations.block_card(card=card, reason="other", at=AT, by=None)
    assert again.blocked_reason == "stolen"


def test_a_lost_card_is_replaced_by_one_from_the_drawer(ana, ready):
    old = ana.cards.get()
    new = operations.replace_card(card=old, reason="lost", with_card=ready, at=AT, by=None)
    old.refresh_from_db()
    assert (old.state, old.blocked_reason) == (Card.State.BLOCKED, "lost")
    assert (new.pk, new.member, new.state, new.replaces) == (ready.pk, ana, Card.State.ACTIVE, old)


def test_a_lost_card_is_replaced_by_one_without_plastic(ana):
    new = operations.replace_card(card=ana.cards.get(), reason="lost", at=AT, by=None)
    assert list(ana.cards.active()) == [new]


def test_a_card_is_replaced_once(ana):
    old = ana.cards.get()
    operations.replace_card(card=old, reason="lost", at=AT, by=None)
    assert refusal(operations.replace_card, card=old, reason="again") == "card_replaced"
    assert ana.cards.active().count() == 1


def test_a_refused_replacement_blocks_nothing(ana, bruno):
    taken = CardFactory(program=ana.cards.get().program, member=bruno)
    code = refusal(operations.replace_card, card=ana.cards.get(), reason="lost", with_card=taken)
    assert code == "card_active"
    assert ana.cards.get().state == Card.State.ACTIVE


def test_a_card_that_nobody_carries_is_not_replaced(ready):
    assert refusal(operations.replace_card, card=ready, reason="lost") == "card_without_member"


def test_a_card_of_another_program_replaces_nothing(ana):
    foreign = CardFactory(member=None, state=Card.State.READY, activated_at=None)
    code = refusal(operations.replace_card, card=ana.cards.get(), reason="lost", with_card=foreign)
    assert code == "card_foreign"
