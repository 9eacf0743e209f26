"""A code that the clerk enters for the member: it counts once, and again when it was undone."""

import pytest
from django.utils import timezone

from loyalty.challenges.models import CodeAttempts
from loyalty.challenges.operations.codes import FAILURES_PER_DAY
from loyalty.counter.models import CounterAction
from loyalty.ledger.queries import balance
from loyalty.lib import codes
from members.operations import block_member
from tests.factories.challenges import CodeBatchFactory, codes_of
from tests.factories.counter import key_of, text_of
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lids(program):
    return codes_of(CodeBatchFactory(program=program, points=20))


def points(member, program):
    return balance(program=program, member_id=member.pk, at=timezone.now()).available


def test_a_code_counts_once_for_one_form_and_one_member_until_it_is_undone(till, ana, bruno, program, lids):
    key, code = key_of(till.at(ana, "code")), lids[0]

    page = text_of(till.do("code", ana, key=key, code=f" {code.lower()}"))
    assert "The code counts." in page
    assert "Balance 20 points" in page
    assert "recorded already" in text_of(till.do("code", ana, key=key, code=f" {code.lower()}"))
    assert "not valid, or it has been used" in text_of(till.do("code", bruno, code=code))
    assert "Undone." in text_of(till.undo())
    assert points(ana, program) == 0

    assert "Balance 20 points" in text_of(till.do("code", bruno, code=code))


def test_guessing_is_counted_and_stopped(till, ana, program, lids):
    for guess in codes.generate(FAILURES_PER_DAY, 8):
        assert "not valid" in text_of(till.do("code", ana, code=guess))

    assert CodeAttempts.objects.get().failures == FAILURES_PER_DAY
    assert "Too many wrong codes today" in text_of(till.do("code", ana, code=lids[0]))
    assert not CounterAction.objects.exists()


def test_codes_are_asked_for_where_there_are_any_and_count_in_their_program_for_others_than_oneself(till, ana, program):
    assert "Enter a code" not in text_of(till.at(ana))
    assert "not valid" in text_of(till.do("code", ana, code="whatever"))
    foreign = codes_of(CodeBatchFactory(program=ProgramFactory()))
    own = codes_of(CodeBatchFactory(program=program))
    assert "Enter a code" in text_of(till.at(ana))

    assert "not valid" in text_of(till.do("code", ana, code=foreign[0]))
    assert "required" in text_of(till.do("code", ana, code="\u200f"))
    till.user.email = ana.email
    till.user.save()
    assert "You cannot serve yourself" in text_of(till.do("code", ana, code=own[0]))
    block_member(member=ana, reason="x", at=timezone.now(), by=None)
    assert "This membership is blocked" in text_of(till.do("code", ana, code=own[0]))
    assert not CounterAction.objects.exists()
