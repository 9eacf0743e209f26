"""On the first of the month each full hundred points becomes five euros, once per member and month."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty.ledger import queries as ledger
from loyalty.ledger.audit import audit_ledger
from loyalty.lib import codes
from members.models import Member
from rewards import operations, queries
from rewards.models import Issuance, IssuanceRule, Voucher
from rewards.operations import IssuedMonth
from tests.factories.members import EnrolmentFactory
from tests.factories.rewards import SPRING, IssuanceRuleFactory, give_points

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
FIRST_OF_MAY = datetime(2025, 5, 1, tzinfo=PARIS)
FIRST_OF_JUNE = datetime(2025, 6, 1, tzinfo=PARIS)
EVERYBODY = {"first_member": 0, "last_member": 10**9}


@pytest.fixture
def rule(program):
    return IssuanceRuleFactory(program=program)


def issue(program, at=FIRST_OF_MAY, **members):
    return operations.issue_month(program=program, at=at, **{**EVERYBODY, **members})


def available(program, member, at=FIRST_OF_MAY):
    return ledger.balance(program=program, member_id=member.pk, at=at).available


def test_350_points_become_one_voucher_worth_15_and_50_remain(program, ana, rule):
    give_points(program, ana, 350)
    assert issue(program) == IssuedMonth(vouchers=1, points=300, value=1500)
    voucher = Voucher.objects.get()
    assert (voucher.member, voucher.value, voucher.state) == (ana, 1500, Voucher.State.UNUSED)
    assert codes.is_valid(voucher.code)
    assert available(program, ana) == 50


def test_the_issuance_names_the_month_the_points_and_the_voucher(program, ana, rule):
    give_points(program, ana, 350)
    issue(program)
    issuance = Issuance.objects.get()
    assert (issuance.member, issuance.month, issuance.points, issuance.value) == (ana, date(2025, 5, 1), 300, 1500)
    assert issuance.voucher == Voucher.objects.get()


def test_running_again_changes_nothing(program, ana, bruno, rule):
    for member in (ana, bruno):
        give_points(program, member, 350)
    issue(program)
    assert issue(program) == IssuedMonth()
    assert Voucher.objects.count() == 2
    assert not audit_ledger().drift


def test_points_that_arrive_late_wait_for_the_next_month(program, ana, rule):
    give_points(program, ana, 350)
    issue(program)
    give_points(program, ana, 100)
    assert issue(program) == IssuedMonth()
    assert issue(program, FIRST_OF_JUNE) == IssuedMonth(1, 100, 500)


def test_a_range_of_members_at_a_time_gives_the_same(program, ana, bruno, rule):
    for member in (ana, bruno):
        give_points(program, member, 350)
    assert issue(program, last_member=ana.pk).vouchers == 1
    assert issue(program, first_member=ana.pk, last_member=bruno.pk).vouchers == 1
    assert Issuance.objects.count() == 2


def test_points_earned_on_the_day_itself_are_not_seen(program, ana, rule):
    give_points(program, ana, 100, at=FIRST_OF_MAY - timedelta(seconds=1))
    give_points(program, ana, 100, at=FIRST_OF_MAY)
    assert issue(program).points == 100


def test_less_than_a_full_step_stays(program, ana, rule):
    give_points(program, ana, 99)
    assert issue(program) == IssuedMonth()
    assert not Voucher.objects.exists()


def test_pending_and_lapsed_points_are_not_turned_into_vouchers(program, ana, rule):
    give_points(program, ana, 300, active_at=FIRST_OF_MAY + timedelta(days=1))
    give_points(program, ana, 300, expires_at=FIRST_OF_MAY)
    assert issue(program) == IssuedMonth()


def test_the_month_begins_in_the_programs_zone(program, ana, rule):
    with pytest.raises(ValueError):
        issue(program, datetime(2025, 5, 1, tzinfo=UTC))
    with pytest.raises(ValueError):
        issue(program, FIRST_OF_MAY + timedelta(days=1))


def test_a_voucher_ends_as_the_rule_says(program, ana, rule):
    IssuanceRule.objects.update(voucher_days=60)
    give_points(program, ana, 100)
    issue(program)
    # 1 May is the first of sixty days, 29 June the last.
    assert Voucher.objects.get().expires_at == datetime(2025, 6, 30, tzinfo=PARIS)


def test_a_program_without_an_active_rule_issues_nothing(program, ana, rule):
    give_points(program, ana, 350)
    IssuanceRule.objects.update(is_active=False)
    assert issue(program) == IssuedMonth()
    assert available(program, ana) == 350


def test_nothing_is_issued_after_the_last_redemption_day(program, ana, rule):
    give_points(program, ana, 350)
    program.last_redemption_date = date(2025, 4, 30)
    assert issue(program) == IssuedMonth()
    program.last_redemption_date = date(2025, 5, 1)
    assert issue(program).vouchers == 1


def test_a_blocked_member_keeps_the_points(program, ana, rule):
    give_points(program, ana, 350)
    Member.objects.filter(pk=ana.pk).update(status=Member.Status.BLOCKED)
    assert issue(program) == IssuedMonth()
    assert available(program, ana) == 350


def test_another_program_is_left_alone(program, ana, rule):
    elsewhere = EnrolmentFactory(member=ana).program
    give_points(elsewhere, ana, 350)
    assert issue(program) == IssuedMonth()


def test_totals_per_month_add_up_what_was_issued(program, ana, bruno, rule):
    give_points(program, ana, 350)
    give_points(program, bruno, 100)
    issue(program)
    give_points(program, bruno, 100, at=SPRING + timedelta(days=40))
    issue(program, FIRST_OF_JUNE)
    totals = queries.issuance_totals(program=program)
    assert [(total.month, total.members, total.points, total.value) for total in totals] == [
        (date(2025, 5, 1), 2, 400, 2000),
        (date(2025, 6, 1), 1, 100, 500),
    ]
    assert queries.issuance_totals(program=program, end_month=date(2025, 6, 1)) == totals[:1]
    assert queries.issuance_totals(program=program, first_month=date(2025, 6, 1)) == totals[1:]
