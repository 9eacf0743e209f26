"""Birthdays: recorded once a year by night, for programs that make something of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.earning import birthdays
from loyalty.earning.models import Activity
from loyalty.jobs import registry
from loyalty.ledger.models import Account
from loyalty.lib.periods import start_of_day
from members.models import Enrolment, Member
from rewards.models import Voucher
from tests.factories.earning import EarningRuleFactory
from tests.factories.members import LONG_AGO, EnrolmentFactory, MemberFactory
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db
EVERYBODY = {"first_member": 0, "last_member": 10**9}


@pytest.fixture
def cake(program):
    """A cake on the member's birthday, and fifty points."""
    gift = {"program": program, "kind": "birthday", "per_amount": None}
    EarningRuleFactory(**gift, code="points", effect="fixed", points=50)
    cake = RewardFactory(program=program, code="cake", points_price=None)
    EarningRuleFactory(**gift, code="cake", effect="reward", points=None, reward=cake)
    return cake


def born(member, *day):
    Member.objects.filter(pk=member.pk).update(birth_date=date(*day))


def night(program, *day):
    return birthdays.record_birthdays(program=program, at=start_of_day(date(*day), program.tzinfo), **EVERYBODY)


def test_a_member_gets_the_gift_on_the_birthday(program, ana, bruno, cake):
    born(ana, 1990, 3, 7)
    born(bruno, 1985, 7, 3)
    assert night(program, 2026, 3, 7) == 1
    assert Voucher.objects.get().member == ana
    assert Account.objects.get(member=ana).available == 50


def test_a_night_that_runs_again_gives_nothing_more(program, ana, cake):
    born(ana, 1990, 3, 7)
    assert [night(program, 2026, 3, 7) for _ in range(2)] == [1, 0]
    assert Voucher.objects.count() == 1


def test_next_year_is_another_birthday(program, ana, cake):
    born(ana, 1990, 3, 7)
    assert [night(program, year, 3, 7) for year in (2026, 2027)] == [1, 1]


def test_a_birth_date_that_is_corrected_brings_no_second_birthday(program, ana, cake):
    born(ana, 1990, 3, 7)
    night(program, 2026, 3, 7)
    born(ana, 1990, 5, 7)
    assert night(program, 2026, 5, 7) == 0
    assert Voucher.objects.count() == 1


@pytest.mark.parametrize("year, day", [(2027, 28), (2028, 29)])
def test_who_was_born_on_29_february_has_a_birthday_every_year(program, ana, cake, year, day):
    born(ana, 1996, 2, 29)
    assert [night(program, year, 2, number) for number in (27, 28)] == [0, int(day == 28)]
    if day == 29:
        assert night(program, year, 2, 29) == 1


def test_only_active_members_of_the_program_have_one(program, ana, bruno, cake):
    for member in (ana, bruno, MemberFactory()):
        born(member, 1990, 3, 7)
    Enrolment.objects.filter(member=ana).update(status="left")
    Member.objects.filter(pk=bruno.pk).update(status="blocked")
    assert night(program, 2026, 3, 7) == 0


def test_who_joins_that_day_or_later_has_the_next_one(program, cake):
    member = EnrolmentFactory(program=program, enrolled_at=datetime(2026, 3, 7, 9, tzinfo=UTC)).member
    born(member, 1990, 3, 7)
    assert [night(program, year, 3, 7) for year in (2026, 2027)] == [0, 1]


def test_the_day_is_the_program_s_own(program, ana, cake):
    program.time_zone = "Pacific/Auckland"
    program.save()
    born(ana, 1990, 3, 7)
    night(program, 2026, 3, 7)
    assert Activity.objects.get().occurred_at == datetime(2026, 3, 6, 11, tzinfo=UTC)


def test_a_birthday_does_not_make_a_member_active_nor_points_last_longer(program, ana, desk, cake):
    program.expiry, program.expiry_months = program.Expiry.INACTIVITY, 12
    program.save()
    born(ana, 1990, 4, 7)
    desk.record(10)
    before = Enrolment.objects.get(member=ana).last_activity_at
    bought = desk.member.accounts.get().lots.get()
    night(program, 2026, 4, 7)
    assert Enrolment.objects.get(member=ana).last_activity_at == before
    assert desk.member.accounts.get().lots.get(pk=bought.pk).expires_at == bought.expires_at


# When the night has anything to do


def awaited(program, *day):
    return registry.find("birthdays").has_work(program, date(*day))


def test_programs_that_make_nothing_of_birthdays_have_no_such_night(program, cake):
    assert awaited(program, 2026, 3, 7)
    assert not awaited(ProgramFactory(), 2026, 3, 7)


def test_catching_up_gives_no_gifts_for_days_before_the_rule_was_made(program, cake):
    assert not awaited(program, *(LONG_AGO - timedelta(days=1)).timetuple()[:3])
    assert awaited(program, *(LONG_AGO + timedelta(days=1)).timetuple()[:3])


def test_a_rule_that_has_ended_wakes_nobody(program):
    EarningRuleFactory(
        program=program, kind="birthday", effect="fixed", per_amount=None, valid_to=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert awaited(program, 2025, 12, 31)
    assert not awaited(program, 2026, 1, 2)
