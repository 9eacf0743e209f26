"""The one field: whom it finds, and the one sentence where it finds nobody alone."""

import pytest
from django.utils import timezone

from loyalty.lib import codes
from members.operations import block_card, block_member, erase_member
from rewards.models import Voucher
from tests.factories.counter import five_euros, text_of
from tests.factories.members import CardFactory, EnrolmentFactory, MemberFactory
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["06 12 34 56 78", "ANA@example.com", "almeida", " \u200fana alm ", "card", "number"])
def test_a_member_is_found_by_whatever_names_her(till, ana, bruno, typed):
    text = {"card": ana.cards.get().number.lower(), "number": ana.number}.get(typed, typed)

    page = till.find(text)

    assert page.redirect_chain[-1][0] == f"/counter/member/{ana.number}/"
    assert "Ana Almeida" in text_of(page)


def test_a_name_that_fits_several_shows_a_few_masked(till, program, ana):
    for number in range(6):
        EnrolmentFactory(
            program=program, member=MemberFactory(first_name="Ana", last_name="Alves", phone=f"+3361234560{number}")
        )

    page = text_of(till.find("ana"))

    assert page.count("Ana A.") == 5
    assert "Many members fit" in page
    assert "Alves" not in page
    assert "ask for the phone number" in page


def test_nobody_is_listed_who_is_not_of_this_program(till):
    EnrolmentFactory(member=MemberFactory(first_name="Zoé"))

    assert "Nobody and nothing is known as “zoé”" in text_of(till.find("zoé"))


def test_a_blocked_or_erased_member_gets_one_sentence(till, ana, bruno, program):
    block_member(member=ana, reason="x", at=timezone.now(), by=till.user)
    erase_member(member=bruno, reason="x", at=timezone.now(), by=till.user)
    bruno.refresh_from_db()

    assert "This membership is blocked" in text_of(till.find("ana@example.com"))
    assert "This membership was erased" in text_of(till.find(bruno.number))
    assert "This membership is blocked" in text_of(till.at(ana))
    assert "This membership is blocked" in text_of(till.do("sell", ana, amount="1"))


def test_each_card_that_names_nobody_says_why(till, ana, program):
    lost = ana.cards.get()
    block_card(card=lost, reason="lost", at=timezone.now(), by=till.user)
    fresh = CardFactory(program=program, member=None, state="ready", activated_at=None)
    foreign = CardFactory(state="ready", member=None, activated_at=None)

    assert "This card was blocked" in text_of(till.find(lost.number))
    assert "belongs to nobody yet" in text_of(till.find(fresh.number))
    assert "another program" in text_of(till.find(foreign.number))
    assert "This card is not known" in text_of(till.find(codes.generate(1, length=12, prefix="C")[0]))


def test_a_voucher_is_found_and_one_of_another_program_is_not_used(till, program, ana):
    mine = five_euros(program, ana)
    foreign = five_euros(ProgramFactory())

    assert "Use a voucher" in text_of(till.find(mine.code))
    assert "This voucher belongs to another program" in text_of(till.find(foreign.code))


def test_a_vouchers_code_may_begin_as_cards_do(till, program):
    mine = five_euros(program)
    same = {field.attname: getattr(mine, field.attname) for field in mine._meta.fields if field.name != "id"}
    Voucher.objects.create(**same | {"code": (code := codes.generate(1, length=18, prefix="C")[0])})

    assert "Use a voucher" in text_of(till.find(code))


def test_a_customer_of_another_program_is_no_member_of_this_one(till):
    other = MemberFactory(email="zoe@example.com")

    assert "not a member of Les Halles" in text_of(till.find("zoe@example.com"))
    assert "not a member of Les Halles" in text_of(till.at(other))
