"""Expiry, activation and the spending of full steps, over many members at once."""

from datetime import UTC, datetime

import pytest

from loyalty.ledger import operations as ledger
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Entry
from loyalty.programs.operations import announce_closing
from tests.factories.members import EnrolmentFactory
from tests.ledger.conftest import DAY, NOON, Purse

pytestmark = pytest.mark.django_db
EVERYBODY = {"first_member": 1, "last_member": 2**40}


def spend_steps(purse, day, step=100):
    return ledger.redeem_steps(program=purse.program, at=NOON + day * DAY, step=step, source="issuance", **EVERYBODY)


def test_what_has_lapsed_is_taken_once(purse, other_purse):
    purse.earn(30, until=20)
    purse.earn(5, until=40)
    other_purse.earn(7, until=20)
    at = NOON + 20 * DAY
    assert ledger.expire(program=purse.program, at=at, **EVERYBODY) == 37
    assert ledger.expire(program=purse.program, at=at, **EVERYBODY) == 0
    assert (purse.figures, other_purse.figures) == ((5, 0, 0), (0, 0, 0))
    assert audit_ledger().drift == []


def test_a_member_gets_one_entry_for_all_that_lapses_in_a_night(purse):
    purse.earn(30, until=19)
    purse.earn(30, until=20)
    purse.night(day=20)
    assert list(Entry.objects.filter(kind="expire").values_list("points", flat=True)) == [-60]


def test_a_job_touches_only_its_range_of_members(purse, other_purse):
    purse.earn(30, until=20)
    other_purse.earn(30, until=20)
    member = purse.member.pk
    ledger.expire(program=purse.program, at=NOON + 20 * DAY, first_member=member, last_member=member)
    assert (purse.figures, other_purse.figures) == ((0, 0, 0), (30, 0, 0))


def test_the_points_of_another_program_are_left_alone(purse, ana):
    elsewhere = Purse(EnrolmentFactory(member=ana).program, ana)
    purse.earn(30, until=20)
    elsewhere.earn(30, until=20, cause=ledger.Cause("test", "elsewhere"))
    purse.night(day=20)
    assert elsewhere.figures == (30, 0, 0)


def test_pending_points_become_usable_on_their_day(purse):
    purse.earn(30, usable=14)
    purse.night(day=13)
    assert purse.figures == (0, 30, 0)
    purse.night(day=14)
    assert purse.figures == (30, 0, 0)


def test_every_full_step_is_spent_soonest_to_expire_first(purse):
    purse.earn(200)
    purse.earn(150, until=60)
    assert spend_steps(purse, day=1) == [(purse.member.pk, 300)]
    assert purse.figures == (50, 0, 0)
    assert list(purse.account.lots.order_by("id").values_list("remaining", flat=True)) == [50, 0]


def test_a_days_steps_are_spent_once_however_often_the_job_runs(purse):
    purse.earn(150)
    assert spend_steps(purse, day=1) == [(purse.member.pk, 100)]
    purse.earn(70)
    assert spend_steps(purse, day=1) == []
    assert spend_steps(purse, day=2) == [(purse.member.pk, 100)]


def test_steps_are_reckoned_from_what_can_be_spent_at_that_moment(purse, other_purse):
    purse.earn(90)
    purse.earn(50, usable=14)
    other_purse.earn(90)
    other_purse.earn(50, until=1)
    assert spend_steps(purse, day=1) == []


def test_a_job_does_not_see_what_was_earned_at_or_after_its_midnight(purse):
    purse.earn(100, day=5)
    assert spend_steps(purse, day=5) == []
    assert spend_steps(purse, day=6) == [(purse.member.pk, 100)]


def test_who_owes_points_gets_no_steps(purse):
    bread = ledger.Cause("till", "bread")
    purse.earn(100, cause=bread)
    purse.redeem(100)
    purse.take_back(100, earned_by=bread, day=1)
    purse.earn(250, day=2, usable=5)
    assert spend_steps(purse, day=3) == []
    purse.night(day=6)
    assert spend_steps(purse, day=6) == [(purse.member.pk, 100)]


def test_a_day_is_one_of_the_programs_zone(purse):
    """23:30 UTC on 30 June is 1 July in Paris: the expiry of that night carries the local day."""
    purse.earn(10, until=20)
    ledger.expire(program=purse.program, at=datetime(2025, 6, 30, 22, tzinfo=UTC), **EVERYBODY)
    assert Entry.objects.get(kind="expire").key.external_id == "2025-07-01"


def test_a_closed_program_keeps_no_points(purse, program):
    purse.earn(30)
    today = (NOON + DAY).date()
    announce_closing(
        program=program, last_earning=today, last_redemption=today, final_expiry=today, at=NOON + DAY, by=None
    )
    purse.program.refresh_from_db()
    assert not ledger.has_lapsed(program=purse.program, at=NOON + DAY)
    assert ledger.has_lapsed(program=purse.program, at=NOON + 2 * DAY)
    purse.night(day=2)
    assert purse.figures == (0, 0, 0)
