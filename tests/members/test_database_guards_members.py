"""What the database itself refuses about members, whoever writes."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from members.models import Card, CardBatch
from tests.factories.members import CardFactory, EnrolmentFactory, ExternalIdFactory, MemberFactory

AT = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_database_refuses_two_members_with_one_number(ana):
    with pytest.raises(IntegrityError):
        MemberFactory(number=ana.number)


def test_the_database_refuses_an_identifier_that_names_two_members(ana, bruno):
    ExternalIdFactory(member=ana, source="till", external_id="K-1")
    with pytest.raises(IntegrityError):
        ExternalIdFactory(member=bruno, source="till", external_id="K-1")


def test_the_database_takes_one_identifier_from_two_sources(ana, bruno):
    ExternalIdFactory(member=ana, source="till", external_id="K-1")
    assert ExternalIdFactory(member=bruno, source="shop", external_id="K-1").pk


def test_the_database_refuses_an_empty_identifier(ana):
    with pytest.raises(IntegrityError, match="external_id_is_not_empty"):
        ExternalIdFactory(member=ana, external_id="")


def test_the_database_refuses_a_second_enrolment_in_one_program(ana, program):
    with pytest.raises(IntegrityError):
        EnrolmentFactory(member=ana, program=program)


def test_the_database_refuses_terms_accepted_at_no_moment(program):
    with pytest.raises(IntegrityError, match="enrolment_terms_have_their_moment"):
        EnrolmentFactory(program=program, terms_version="1", terms_accepted_at=None)


@pytest.mark.parametrize("missing", ["member", "activated_at"])
def test_the_database_refuses_an_active_card_without_member_or_moment(program, missing):
    with pytest.raises(IntegrityError, match="card_active_has_its_member"):
        CardFactory(program=program, **{missing: None})


@pytest.mark.parametrize("blocked", [{"blocked_at": None, "blocked_reason": "lost"}, {"blocked_at": AT}])
def test_the_database_refuses_a_block_without_moment_or_reason(program, blocked):
    with pytest.raises(IntegrityError, match="card_blocked_says_when_and_why"):
        CardFactory(program=program, state=Card.State.BLOCKED, **blocked)


def test_the_database_refuses_a_card_that_is_replaced_twice(ana):
    old = ana.cards.get()
    CardFactory(member=ana, replaces=old)
    with pytest.raises(IntegrityError):
        CardFactory(member=ana, replaces=old)


def test_the_database_refuses_a_batch_without_cards(program):
    with pytest.raises(IntegrityError, match="card_batch_has_cards"):
        CardBatch.objects.create(program=program, quantity=0, created_at=AT)


def test_the_database_refuses_a_batch_shipped_nowhere(program):
    with pytest.raises(IntegrityError, match="card_batch_ships_to_a_store"):
        CardBatch.objects.create(program=program, quantity=1, state="shipped", created_at=AT)
