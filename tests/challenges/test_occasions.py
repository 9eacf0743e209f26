"""Members are invited, answer, wait for a place, come or do not come."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from loyalty.challenges import operations, queries
from loyalty.challenges.models import Invitation
from loyalty.challenges.operations import InvitationRefused
from loyalty.events.models import Event
from loyalty.jobs import registry
from tests.earning.desk import NOON
from tests.factories.challenges import OccasionFactory
from tests.factories.members import EnrolmentFactory
from tests.factories.programs import StoreFactory

MINUTE = timedelta(minutes=1)


@pytest.fixture
def tasting(program):
    return OccasionFactory(program=program, places=1)


def members(program, count):
    return [enrolment.member for enrolment in EnrolmentFactory.create_batch(count, program=program)]


def accept(occasion, member, at=NOON):
    return operations.accept(occasion=occasion, member_id=member.pk, at=at)


def decline(occasion, member, at=NOON):
    return operations.decline(occasion=occasion, member_id=member.pk, at=at)


def states(occasion):
    return list(occasion.invitations.order_by("pk").values_list("state", flat=True))


def test_all_whom_it_is_for_are_invited_once(program, tasting, ana, bruno):
    ana.enrolments.update(tier="gold")
    tasting.tiers = ["gold"]
    assert operations.invite(occasion=tasting, at=NOON) == 1
    assert operations.invite(occasion=tasting, at=NOON) == 0
    assert tasting.invitations.get().member == ana
    assert Event.objects.get(kind="occasion.invited").member_id == ana.pk


def test_or_some_by_name(program, tasting, ana, bruno):
    assert operations.invite(occasion=tasting, at=NOON, member_ids=[bruno.pk]) == 1
    assert queries.invitations_of(program=program, member_id=bruno.pk).get().occasion == tasting


def test_who_accepts_too_late_waits_and_moves_up(program, tasting):
    first, second, third = members(program, 3)
    assert accept(tasting, first).state == "accepted"
    assert accept(tasting, second, NOON + MINUTE).state == "waiting"
    assert accept(tasting, third, NOON + 2 * MINUTE).state == "waiting"
    decline(tasting, first, NOON + 3 * MINUTE)
    assert states(tasting) == ["declined", "accepted", "waiting"]
    assert Event.objects.get(kind="occasion.moved_up").member_id == second.pk
    tasting.refresh_from_db()
    assert tasting.taken == 1


def test_accepting_again_keeps_the_place_and_the_place_in_the_queue(program, tasting):
    first, second, third = members(program, 3)
    for _twice in range(2):
        accept(tasting, first)
    accept(tasting, second, NOON + MINUTE)
    accept(tasting, third, NOON + 2 * MINUTE)
    accept(tasting, second, NOON + 3 * MINUTE)
    decline(tasting, first)
    assert states(tasting) == ["declined", "accepted", "waiting"]


def test_more_places_let_the_waiting_in(program, tasting):
    for member in members(program, 4):
        accept(tasting, member)
    changed = operations.change_occasion(occasion=tasting, at=NOON, places=3)
    assert (changed.taken, states(tasting)) == (3, ["accepted"] * 3 + ["waiting"])
    with pytest.raises(ValidationError) as refused:
        operations.change_occasion(occasion=tasting, at=NOON, places=2)
    assert "places" in refused.value.message_dict


@pytest.mark.parametrize("why", ["over", "cancelled", "not_for_you"])
def test_who_cannot_come_is_told_why(program, ana, why):
    occasion = OccasionFactory(program=program, tiers=["gold"] if why == "not_for_you" else [])
    if why == "cancelled":
        operations.cancel_occasion(occasion=occasion, at=NOON)
        occasion.refresh_from_db()
    with pytest.raises(InvitationRefused) as refused:
        accept(occasion, ana, occasion.ends_at if why == "over" else NOON)
    assert refused.value.code == why


def test_who_was_there_is_marked_once(program, tasting, ana):
    accept(tasting, ana)
    for _twice in range(2):
        invitation = operations.check_in(occasion=tasting, member_id=ana.pk, at=tasting.starts_at)
    assert (invitation.state, invitation.attended_at) == ("attended", tasting.starts_at)
    assert Event.objects.filter(kind="occasion.attended").count() == 1


def test_who_comes_without_a_place_is_let_in(program, tasting, ana, bruno):
    accept(tasting, ana)
    accept(tasting, bruno)
    assert operations.check_in(occasion=tasting, member_id=bruno.pk, at=tasting.starts_at).state == "attended"


def test_nobody_is_there_a_week_before(program, tasting, ana):
    with pytest.raises(InvitationRefused) as refused:
        operations.check_in(occasion=tasting, member_id=ana.pk, at=NOON)
    assert refused.value.code == "too_early"


def test_who_did_not_come_is_noted_when_it_is_over(program, tasting, ana, bruno):
    accept(tasting, ana)
    operations.invite(occasion=tasting, at=NOON, member_ids=[bruno.pk])
    has_work = registry.find("challenges").has_work
    assert not has_work(program, date(2026, 3, 19))
    assert has_work(program, date(2026, 3, 21))
    assert operations.mark_no_shows(program=program, at=tasting.ends_at - MINUTE) == 0
    assert operations.mark_no_shows(program=program, at=tasting.ends_at) == 1
    assert sorted(states(tasting)) == ["invited", "no_show"]


@pytest.mark.parametrize("terms, field", [({"places": 0}, "places"), ({"ends_at": NOON}, "ends_at")])
def test_nonsense_is_refused_at_its_field(program, tasting, terms, field):
    with pytest.raises(ValidationError) as refused:
        operations.change_occasion(occasion=tasting, at=NOON, **terms)
    assert field in refused.value.message_dict


def test_a_store_of_another_program_is_refused(program):
    when = {"starts_at": NOON, "ends_at": NOON + MINUTE}
    with pytest.raises(ValidationError) as refused:
        operations.add_occasion(
            program=program, code="o", name_fr="o", name_en="o", at=NOON, store=StoreFactory(), **when
        )
    assert "store" in refused.value.message_dict
    assert not Invitation.objects.exists()
