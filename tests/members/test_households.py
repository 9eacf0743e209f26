"""A household is founded by its head, joined by invitation, and left; one at a time in each program."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from members import operations
from members.models import HouseholdMember
from members.queries import household_of, pool_of
from tests.factories.households import BEGINNING, HouseholdFactory, join
from tests.factories.members import EnrolmentFactory, MemberFactory
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def place_of(member):
    return HouseholdMember.objects.current().get(member=member)


def refused(code, verb, **terms):
    with pytest.raises(operations.HouseholdRefused) as refusal:
        verb(**terms, at=BEGINNING + DAY, by=None)
    assert refusal.value.code == code
    assert str(refusal.value)


def test_the_founder_is_in_it_at_once_and_the_invited_when_they_accept(program, ana, bruno):
    household = operations.found_household(program=program, name="Almeida", head=ana, at=BEGINNING, by=None)
    invitation = operations.invite_to_household(household=household, member=bruno, at=BEGINNING, by=None)
    assert pool_of(program=program, member_id=ana.pk, at=BEGINNING) == [ana.pk]
    operations.accept_invitation(invitation=invitation, at=BEGINNING + DAY, by=None)
    assert pool_of(program=program, member_id=ana.pk, at=BEGINNING + DAY) == [ana.pk, bruno.pk]
    assert pool_of(program=program, member_id=bruno.pk, at=BEGINNING + DAY) == [bruno.pk, ana.pk]


def test_asking_or_accepting_twice_changes_nothing(program, almeidas):
    carla = EnrolmentFactory(program=program).member
    first = operations.invite_to_household(household=almeidas, member=carla, at=BEGINNING, by=None)
    assert operations.invite_to_household(household=almeidas, member=carla, at=BEGINNING + DAY, by=None) == first
    operations.accept_invitation(invitation=first, at=BEGINNING, by=None)
    again = operations.accept_invitation(invitation=first, at=BEGINNING + DAY, by=None)
    assert again.joined_at == BEGINNING


def test_who_belongs_to_one_household_cannot_join_another(program, almeidas, bruno):
    others = operations.found_household(
        program=program, name="Others", head=EnrolmentFactory(program=program).member, at=BEGINNING, by=None
    )
    refused("household_taken", operations.invite_to_household, household=others, member=bruno)
    refused("household_taken", operations.found_household, program=program, name="Mine", head=bruno)


def test_of_two_invitations_one_can_be_accepted(program, almeidas):
    carla = EnrolmentFactory(program=program).member
    others = operations.found_household(
        program=program, name="Others", head=EnrolmentFactory(program=program).member, at=BEGINNING, by=None
    )
    invitation = operations.invite_to_household(household=others, member=carla, at=BEGINNING, by=None)
    join(almeidas, carla)
    refused("household_taken", operations.accept_invitation, invitation=invitation)


def test_in_another_program_the_member_may_have_another_household(almeidas, ana):
    other = ProgramFactory()
    EnrolmentFactory(program=other, member=ana)
    second = operations.found_household(program=other, name="Elsewhere", head=ana, at=BEGINNING, by=None)
    assert household_of(program=other, member_id=ana.pk, at=BEGINNING) == second


def test_strangers_to_the_program_and_blocked_members_stay_outside(program, almeidas):
    refused("member_not_enrolled", operations.invite_to_household, household=almeidas, member=MemberFactory())
    blocked = EnrolmentFactory(program=program, member__status="blocked").member
    refused("member_status", operations.invite_to_household, household=almeidas, member=blocked)


def test_a_declined_invitation_is_over(program, almeidas):
    carla = EnrolmentFactory(program=program).member
    invitation = operations.invite_to_household(household=almeidas, member=carla, at=BEGINNING, by=None)
    operations.decline_invitation(invitation=invitation, at=BEGINNING, by=None)
    refused("household_not_invited", operations.accept_invitation, invitation=invitation)


def test_who_has_left_shares_nothing_any_more_and_did_before(program, almeidas, ana, bruno):
    operations.leave_household(place=place_of(bruno), at=BEGINNING + 10 * DAY, by=None)
    assert pool_of(program=program, member_id=ana.pk, at=BEGINNING + 9 * DAY) == [ana.pk, bruno.pk]
    assert pool_of(program=program, member_id=ana.pk, at=BEGINNING + 10 * DAY) == [ana.pk]
    join(almeidas, bruno, at=BEGINNING + 20 * DAY)
    assert pool_of(program=program, member_id=ana.pk, at=BEGINNING + 20 * DAY) == [ana.pk, bruno.pk]


def test_the_head_leaves_last_and_the_household_ends(almeidas, ana, bruno):
    refused("household_head", operations.leave_household, place=place_of(ana))
    operations.make_head(place=place_of(bruno), at=BEGINNING, by=None)
    operations.leave_household(place=place_of(ana), at=BEGINNING + DAY, by=None)
    operations.leave_household(place=place_of(bruno), at=BEGINNING + 2 * DAY, by=None)
    almeidas.refresh_from_db()
    assert almeidas.closed_at == BEGINNING + 2 * DAY
    refused("household_closed", operations.invite_to_household, household=almeidas, member=ana)


def test_a_household_that_does_not_pool_shares_nothing(program, almeidas, ana):
    operations.change_household(household=almeidas, name="Almeida", pools=False, at=BEGINNING, by=None)
    assert pool_of(program=program, member_id=ana.pk, at=BEGINNING + DAY) == [ana.pk]


def test_nobody_spends_the_points_of_a_blocked_member(program, almeidas, ana, bruno):
    operations.block_member(member=bruno, reason="lost papers", at=BEGINNING, by=None)
    assert pool_of(program=program, member_id=ana.pk, at=BEGINNING + DAY) == [ana.pk]


def test_a_household_has_room_for_a_hundred(program, almeidas, monkeypatch):
    monkeypatch.setattr("members.operations.households.MOST_MEMBERS", 2)
    refused(
        "household_full",
        operations.invite_to_household,
        household=almeidas,
        member=EnrolmentFactory(program=program).member,
    )


def test_the_database_keeps_a_member_to_one_household_of_a_program(program, almeidas, ana):
    other = HouseholdFactory(program=program)
    with pytest.raises(IntegrityError), transaction.atomic():
        HouseholdMember.objects.create(
            household=other, program=program, member=ana, state="current", invited_at=BEGINNING, joined_at=BEGINNING
        )


def test_the_database_lets_a_household_have_one_head(program, almeidas, bruno):
    with pytest.raises(IntegrityError), transaction.atomic():
        HouseholdMember.objects.filter(member=bruno).update(is_head=True)


def test_the_database_lets_nobody_move_a_place_to_another_household(program, almeidas, bruno):
    with pytest.raises(IntegrityError), transaction.atomic():
        HouseholdMember.objects.filter(member=bruno).update(household=HouseholdFactory(program=program))
