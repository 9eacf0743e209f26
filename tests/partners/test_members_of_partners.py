"""Each partner knows a member under an identifier of its own, which leads nobody else to the person."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError

from loyalty.partners import person, queries
from loyalty.partners.models import PartnerMember
from loyalty.partners.operations import PartnersError, link_member
from members.operations import erase_member
from tests.factories.members import EnrolmentFactory, MemberFactory
from tests.factories.merging import merge, undo
from tests.factories.partners import PartnerMemberFactory
from tests.factories.programs import ProgramFactory
from tests.racing import at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def link(partner, program, member):
    return link_member(partner=partner, program=program, member=member, at=NOW)


def test_a_partner_knows_a_member_under_one_identifier_whatever_is_asked_again(hotel, program, ana):
    first = link(hotel, program, ana)
    assert link(hotel, program, ana) == first
    assert queries.member_of(partner=hotel, public_id=str(first.public_id)) == ana
    assert queries.public_ids(partner=hotel, program=program, member_ids=[ana.pk]) == {ana.pk: first.public_id}


def test_what_one_partner_knows_means_nothing_to_another_nor_in_another_program(hotel, airline, program, ana):
    known, other = link(hotel, program, ana), link(airline, program, ana)
    assert known.public_id != other.public_id
    assert queries.member_of(partner=airline, public_id=known.public_id) is None
    assert queries.member_of(partner=hotel, public_id=known.public_id, program=ProgramFactory()) is None
    assert [queries.member_of(partner=hotel, public_id=text) for text in ("", "ana", str(uuid4()))] == [None] * 3


def test_only_members_of_the_program_are_known(hotel, program):
    with pytest.raises(PartnersError) as refusal:
        link(hotel, program, MemberFactory())
    assert refusal.value.code == "not_enrolled"


def test_the_database_keeps_one_link_and_one_owner_of_an_identifier(hotel, airline, program, ana):
    known = link(hotel, program, ana)
    with pytest.raises(IntegrityError):
        PartnerMemberFactory(partner=airline, program=program, member=ana, public_id=known.public_id)


def test_no_second_link_of_the_same(hotel, program, ana):
    link(hotel, program, ana)
    with pytest.raises(IntegrityError):
        PartnerMemberFactory(partner=hotel, program=program, member=ana)


def test_identifiers_follow_two_who_become_one_and_come_back(hotel, airline, program, ana, double):
    at_both = [link(hotel, program, ana), link(hotel, program, double)]
    at_one = link(airline, program, double)
    merged = merge(ana, double)
    assert {queries.member_of(partner=hotel, public_id=each.public_id) for each in at_both} == {ana}
    assert queries.member_of(partner=airline, public_id=at_one.public_id) == ana
    assert link(airline, program, double) == at_one  # whoever is meant by the old row
    assert queries.public_ids(partner=hotel, program=program, member_ids=[ana.pk]) == {ana.pk: at_both[0].public_id}
    undo(merged)
    assert queries.member_of(partner=airline, public_id=at_one.public_id) == double


def test_no_identifier_leads_to_somebody_who_was_forgotten(hotel, program, ana):
    known = link(hotel, program, ana)
    erase_member(member=ana, at=NOW, by=None, reason="asked")
    assert queries.member_of(partner=hotel, public_id=known.public_id) is None


def test_a_member_is_told_who_knows_them(hotel, program, ana):
    known = link(hotel, program, ana)
    [told] = person.export(member_ids=[ana.pk])
    assert (told["partner"], told["known_as"]) == ("hotel", str(known.public_id))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_who_ask_at_once_get_the_same_identifier(hotel, program, ana):
    EnrolmentFactory(member=MemberFactory(), program=program)
    links = at_once(lambda _n: link(hotel, program, ana), range(10))
    assert len({each.public_id for each in links}) == 1 == PartnerMember.objects.count()
