"""The conditions that staff, partners and segments share."""

from datetime import UTC, date, datetime

import pytest

from members.filters import MemberFilter
from members.models import Member
from tests.factories.members import ConsentFactory, EnrolmentFactory, MemberFactory
from tests.factories.programs import ProgramFactory


def matching(**conditions):
    filterset = MemberFilter(conditions, queryset=Member.objects.all())
    assert filterset.is_valid(), filterset.errors
    return set(filterset.qs)


def enrolled(program, **summary):
    return EnrolmentFactory(program=program, **summary).member


def test_no_condition_matches_everybody(ana, bruno):
    assert matching() == {ana, bruno}


def test_by_status_and_language(ana, bruno):
    blocked = MemberFactory(status="blocked")
    assert matching(status="blocked") == {blocked}
    assert matching(language="en") == {bruno}


def test_by_program_code(ana, program):
    other = enrolled(ProgramFactory(code="other"))
    assert matching(program="other") == {other}
    assert matching(program=program.code) == {ana}


def test_by_balance_both_ends_included(program):
    low, middle, high = (enrolled(program, balance=points) for points in (99, 100, 200))
    assert matching(balance_min="100") == {middle, high}
    assert matching(balance_max="100") == {low, middle}
    assert matching(balance_min="100", balance_max="199") == {middle}


def test_spend_is_typed_in_money_and_kept_in_minor_units(db):
    euros, yen = ProgramFactory(code="eu"), ProgramFactory(code="jp", money_currency="JPY")
    european, japanese = enrolled(euros, spend=12_050), enrolled(yen, spend=12_050)
    assert matching(program="eu", spend_min="120.50", spend_max="120.50") == {european}
    assert matching(program="jp", spend_min="12050", spend_max="12050") == {japanese}


def test_days_of_the_last_activity_are_days_of_the_program(program):
    """In Paris the 11th of January begins at 23:00 of the 10th in UTC."""
    evening = enrolled(program, last_activity_at=datetime(2026, 1, 10, 22, 59, tzinfo=UTC))
    night = enrolled(program, last_activity_at=datetime(2026, 1, 10, 23, 1, tzinfo=UTC))
    never = enrolled(program)
    assert matching(program=program.code, last_activity_to=date(2026, 1, 10)) == {evening}
    assert matching(program=program.code, last_activity_from=date(2026, 1, 11)) == {night}
    assert never in matching(program=program.code)


def test_conditions_on_an_enrolment_must_fit_one_enrolment(program):
    rich_elsewhere = enrolled(program, balance=5)
    EnrolmentFactory(member=rich_elsewhere, program=ProgramFactory(code="other"), balance=500)
    assert matching(program=program.code, balance_min="100") == set()
    assert matching(program="other", balance_min="100") == {rich_elsewhere}


def test_a_member_of_two_programs_is_listed_once(ana):
    EnrolmentFactory(member=ana)
    assert list(MemberFilter({"balance_min": "0"}, queryset=Member.objects.all()).qs) == [ana]


def test_by_tag_exactly(db):
    vip = MemberFactory(tags=["vip", "été"])
    MemberFactory(tags=["vip-lounge"])
    assert matching(tag="vip") == {vip}
    assert matching(tag="été") == {vip}
    assert matching(tag="vi") == set()


def test_by_consent_that_still_holds(ana, bruno):
    ConsentFactory(member=ana, channel="sms")
    ConsentFactory(member=bruno, channel="sms")
    ConsentFactory(member=bruno, channel="sms", given=False)
    assert matching(consent="sms") == {ana}
    assert matching(consent="email") == set()


def test_conditions_add_up(ana, bruno):
    assert matching(language="fr", search="ana") == {ana}
    assert matching(language="en", search="ana") == set()


@pytest.mark.parametrize(
    "field, value",
    [("balance_min", "many"), ("last_activity_from", "31/02/2026"), ("program", "nowhere"), ("status", "asleep")],
)
def test_a_condition_that_cannot_be_read_is_refused_at_its_field(db, field, value):
    filterset = MemberFilter({field: value}, queryset=Member.objects.all())
    assert not filterset.is_valid()
    assert list(filterset.errors) == [field]
