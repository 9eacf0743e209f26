"""Codes and ambassadors: short enough to read aloud, each names one referrer, made when asked for."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from loyalty.lib import codes
from loyalty.referrals import operations, queries
from loyalty.referrals.models import Ambassador, ReferralCode, ReferralProgram
from loyalty.referrals.operations import ReferralsError
from members.operations import block_member
from tests.factories.members import LONG_AGO, MemberFactory
from tests.factories.referrals import NOON, ReferralProgramFactory, newcomer, reasons

pytestmark = pytest.mark.django_db


def make(program, member):
    return operations.make_code(program=program, member_id=member.pk, at=NOON)


def test_a_code_is_short_and_closed_by_a_check_character(terms, program, ana):
    code = make(program, ana)
    assert len(code.code) == 8
    assert codes.is_valid(code.code)
    assert str(code) == f"{code.code[:4]}-{code.code[4:]}"


def test_a_member_has_one_code(terms, program, ana):
    assert make(program, ana) == make(program, ana)


def test_it_leads_to_the_shop(terms, program, ana, settings):
    settings.SITE_URL = "https://shop.example"
    code = make(program, ana)
    assert queries.link(code) == f"https://shop.example/r/{code.code}"
    assert queries.code_of(ana, program=program) == code


def test_without_referrals_there_are_no_codes(program, ana):
    with pytest.raises(ReferralsError) as refusal:
        make(program, ana)
    assert refusal.value.code == "no_referrals"


def test_only_active_members_have_one(terms, program, ana):
    block_member(member=ana, reason="fraud", at=NOON, by=None)
    for member in (ana, MemberFactory()):
        with pytest.raises(ReferralsError) as refusal:
            make(program, member)
        assert refusal.value.code == "not_active"


def ambassador(program, code="ANNA10", name="Anna", **promise):
    return operations.add_ambassador(program=program, name=name, code=code, at=LONG_AGO, **promise)


def test_an_ambassador_has_words_of_their_own(street, program, bruno):
    anna = ambassador(program, code="anna-10", referrer_cost=1000)
    assert anna.code.code == "ANNA10"
    assert reasons(street.buy(bruno, code="Anna 10")) == ["joined", "qualified"]
    assert street.night(14).rewarded == 1
    assert queries.revenue(program).cost == -1000


def test_an_ambassador_who_is_a_member_gets_points(street, program, ana, bruno):
    ambassador(program, member=ana, referrer_points=700, return_days=0)
    street.buy(bruno, code="ANNA10")
    assert street.points(ana) == 700


def test_an_ambassador_does_not_refer_themselves(street, program, ana):
    ambassador(program, member=ana, referrer_points=700)
    assert reasons(street.buy(ana, code="ANNA10")) == ["own_code"]


def test_an_ambassadors_own_terms_hold(street, program, bruno):
    ambassador(program, friend_points=300, minimum_purchase=4000)
    street.buy(bruno, 39.99, code="ANNA10")
    assert street.points(bruno) == 0
    street.buy(bruno, 40, day=1)
    assert street.points(bruno) == 300


def test_an_ambassadors_budget_is_their_own(street, program, ana):
    ambassador(program, budget=1, referrer_cost=100, return_days=0)
    states = []
    for code in ("ANNA10", "ANNA10", street.code(ana)):
        friend = newcomer(program)
        street.buy(friend, code=code)
        states.append(street.state(friend))
    assert states == ["rewarded", "refused budget_spent", "qualified"]


@pytest.mark.parametrize("words", ["A", "ÉTÉ10", "A" * 21, "A_B!", ""])
def test_words_that_are_no_code_are_refused_at_their_field(terms, program, words):
    with pytest.raises(ValidationError) as refusal:
        ambassador(program, code=words)
    assert list(refusal.value.message_dict) == ["code"]
    assert not Ambassador.objects.exists()


def test_words_that_somebody_has_are_refused(terms, program):
    ambassador(program)
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        ambassador(program, name="Other")
    assert list(refusal.value.message_dict) == ["code"]


def test_points_need_a_member(terms, program):
    with pytest.raises(ValidationError):
        ambassador(program, referrer_points=5)


def test_setting_the_same_promise_again_changes_nothing(program):
    terms = {"program": program, "at": NOON, "referrer_points": 500, "return_days": 30}
    row = operations.set_referral_program(**terms)
    operations.set_referral_program(**terms)
    assert row.history.count() == 1
    operations.set_referral_program(**terms | {"return_days": 7})
    assert ReferralProgram.objects.get().return_days == 7


def test_a_promise_of_nothing_is_refused(program):
    with pytest.raises(ValidationError):
        operations.set_referral_program(program=program, at=NOON)


def test_the_database_refuses_what_makes_no_sense(terms, program, ana):
    for nonsense in (
        lambda: ReferralCode.objects.create(program=program, code="X", created_at=NOON),
        lambda: ReferralProgramFactory(program=program),
        lambda: ReferralProgram.objects.filter(pk=terms.pk).update(referrer_points=0),
        lambda: ReferralProgram.objects.filter(pk=terms.pk).update(valid_from=NOON, valid_to=NOON),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            nonsense()
