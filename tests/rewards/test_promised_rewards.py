"""A reward promised once, each period or each birthday is issued exactly once per period."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from loyalty.events.models import Event
from members.models import Member
from rewards import operations
from rewards.models import Entitlement, Voucher
from rewards.operations import Grant
from tests.factories.members import EnrolmentFactory, MemberFactory
from tests.factories.rewards import SPRING

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def night(year, month, day):
    return datetime(year, month, day, tzinfo=PARIS)


def entitle(reward, member, every="month", *, at=SPRING, **options):
    options = {"source": "tier", "reference": f"{member.pk}"} | options
    return operations.entitle(program=reward.program, reward=reward, member_id=member.pk, every=every, at=at, **options)


def issue(program, at):
    return operations.issue_entitlements(program=program, at=at, first_member=0, last_member=10**9)


def days_of(member):
    return [f"{voucher.issued_at.astimezone(PARIS):%Y-%m-%d}" for voucher in member.vouchers.order_by("id")]


def test_each_month_gives_one(coffee, ana):
    entitle(coffee, ana)
    for at in (night(2025, 4, 30), night(2025, 5, 1), night(2025, 5, 2), night(2025, 6, 1), night(2025, 6, 1)):
        issue(coffee.program, at)
    assert days_of(ana) == ["2025-05-01", "2025-06-01"]


def test_missed_periods_are_made_up_for(coffee, ana):
    entitle(coffee, ana)
    assert issue(coffee.program, night(2025, 7, 2)).vouchers == 3
    assert issue(coffee.program, night(2025, 7, 3)).vouchers == 0
    assert set(Voucher.objects.values_list("reference", flat=True)) == {
        f"{Entitlement.objects.get().pk}:{month}" for month in ("2025-05", "2025-06", "2025-07")
    }


def test_once_gives_one_in_the_next_night(coffee, ana):
    entitle(coffee, ana, "once")
    issue(coffee.program, night(2025, 4, 3))
    issue(coffee.program, night(2026, 4, 3))
    assert days_of(ana) == ["2025-04-03"]


def test_at_once_gives_the_running_period_now(coffee, ana):
    entitle(coffee, ana, at_once=True)
    entitle(coffee, ana, at_once=True)
    assert days_of(ana) == ["2025-04-02"]
    issue(coffee.program, night(2025, 5, 1))
    assert days_of(ana) == ["2025-04-02", "2025-05-01"]


def test_a_cause_entitles_once(coffee, ana):
    assert entitle(coffee, ana) == entitle(coffee, ana, "year")
    assert Entitlement.objects.get().every == "month"


def test_many_are_entitled_with_as_many_statements_as_one(coffee, django_assert_max_num_queries):
    members = [enrolment.member_id for enrolment in EnrolmentFactory.create_batch(30, program=coffee.program)]
    grants = [Grant(member_id, f"gold:{member_id}") for member_id in members]
    with django_assert_max_num_queries(6):
        operations.entitle_many(
            program=coffee.program, reward=coffee, grants=grants, every="month", source="tier", at=SPRING
        )
    with django_assert_max_num_queries(14):
        assert issue(coffee.program, night(2025, 5, 1)).vouchers == 30


def test_nothing_comes_after_the_end(coffee, ana, bruno):
    entitle(coffee, ana, until=night(2025, 6, 1))
    entitle(coffee, bruno)
    ended = operations.end_entitlement(
        program=coffee.program, source="tier", references=[str(bruno.pk)], at=night(2025, 5, 20)
    )
    assert ended == 1
    issue(coffee.program, night(2025, 9, 1))
    assert Voucher.objects.filter(member=ana).count() == 1
    assert Voucher.objects.filter(member=bruno).count() == 1
    assert not Entitlement.objects.filter(next_date__isnull=False).exists()


def test_what_was_due_before_the_end_stays_owed(coffee, ana):
    entitle(coffee, ana)
    end = {"program": coffee.program, "source": "tier", "references": [str(ana.pk)]}
    operations.end_entitlement(**end, at=night(2025, 6, 15))
    assert operations.end_entitlement(**end, at=night(2025, 7, 15)) == 0
    assert issue(coffee.program, night(2025, 8, 1)).vouchers == 2


def test_a_promise_that_is_undone_takes_its_unused_vouchers_back(coffee, ana):
    entitle(coffee, ana, at_once=True)
    issue(coffee.program, night(2025, 5, 1))
    april, may = Voucher.objects.order_by("id")
    operations.redeem_voucher(
        program=coffee.program, code=april.code, source="till", external_id="T1", at=night(2025, 5, 2)
    )
    operations.end_entitlement(
        program=coffee.program, source="tier", references=[str(ana.pk)], at=night(2025, 6, 3), withdraw=True
    )
    assert issue(coffee.program, night(2025, 7, 1)).vouchers == 0
    assert list(Voucher.objects.order_by("id").values_list("state", flat=True)) == ["used", "withdrawn"]


def test_birthdays(coffee):
    leap = MemberFactory(birth_date=date(2004, 2, 29))
    EnrolmentFactory(program=coffee.program, member=leap)
    entitle(coffee, leap, "birthday")
    for at in (night(2026, 2, 27), night(2026, 2, 28), night(2026, 3, 1), night(2028, 2, 28), night(2028, 2, 29)):
        issue(coffee.program, at)
    assert days_of(leap) == ["2026-02-28", "2028-02-28", "2028-02-29"]  # of 2026, of 2027 made up for, of 2028


def test_a_birthday_that_becomes_known_later_counts(coffee, ana):
    entitle(coffee, ana, "birthday")
    issue(coffee.program, night(2025, 5, 1))
    Member.objects.filter(pk=ana.pk).update(birth_date=date(1990, 6, 17))
    for at in (night(2025, 5, 2), night(2025, 6, 17)):
        issue(coffee.program, at)
    assert days_of(ana) == ["2025-06-17"]


def test_a_birthday_that_is_changed_gives_no_second_gift_in_a_year(coffee, ana):
    Member.objects.filter(pk=ana.pk).update(birth_date=date(1990, 6, 17))
    entitle(coffee, ana, "birthday")
    issue(coffee.program, night(2025, 6, 17))
    Member.objects.filter(pk=ana.pk).update(birth_date=date(1990, 8, 1))
    for at in (night(2025, 7, 1), night(2025, 8, 1), night(2026, 6, 17), night(2026, 8, 1)):
        issue(coffee.program, at)
    assert days_of(ana) == ["2025-06-17", "2026-08-01"]


def test_who_is_blocked_is_passed_over_and_keeps_what_is_owed(coffee, ana):
    entitle(coffee, ana)
    Member.objects.filter(pk=ana.pk).update(status="blocked")
    assert issue(coffee.program, night(2025, 5, 1)).vouchers == 0
    Member.objects.filter(pk=ana.pk).update(status="active")
    assert issue(coffee.program, night(2025, 5, 2)).vouchers == 1


def test_what_the_stock_does_not_reach_for_stays_owed(coffee, ana, bruno):
    entitle(coffee, ana)
    entitle(coffee, bruno)
    coffee.stock = 1
    coffee.save()
    assert issue(coffee.program, night(2025, 5, 1)) == (1, 1)
    coffee.stock = 5
    coffee.save()
    assert issue(coffee.program, night(2025, 5, 2)) == (1, 0)
    assert days_of(bruno) == ["2025-05-02"]
    assert issue(coffee.program, night(2025, 6, 1)) == (2, 0)


def test_a_program_after_its_last_redemption_day_issues_nothing(coffee, ana):
    entitle(coffee, ana)
    program = coffee.program
    program.closing_announced_date = program.last_earning_date = date(2025, 4, 1)
    program.last_redemption_date, program.final_expiry_date = date(2025, 4, 30), date(2025, 5, 31)
    program.save()
    assert issue(program, night(2025, 5, 1)).vouchers == 0


def test_what_is_given_is_announced(coffee, ana):
    entitle(coffee, ana, at_once=True)
    entitle(coffee, ana, at_once=True)
    (event,) = Event.objects.filter(kind="reward.granted")
    assert (event.program_code, event.member_id) == (coffee.program.code, ana.pk)
    assert event.payload["reward"] == "coffee"
    assert event.payload["voucher_id"] == Voucher.objects.get().pk


@pytest.mark.parametrize(
    "change", [{"every": "year"}, {"reference": "x"}, {"starts_at": datetime(2020, 1, 1, tzinfo=UTC)}]
)
def test_a_promise_cannot_be_rewritten(coffee, ana, change):
    entitle(coffee, ana)
    with pytest.raises(DatabaseError), transaction.atomic():
        Entitlement.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Entitlement.objects.all()._raw_delete(using="default")
