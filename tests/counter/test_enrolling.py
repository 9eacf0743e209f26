"""Somebody new at the counter: not made twice, with what they agreed to and a card in their hands."""

import pytest

from loyalty.counter.models import CounterAction
from loyalty.programs.models import Program
from members.models import Card, Consent, Enrolment, Member
from members.operations import block_member
from members.queries import has_consent
from tests.factories.counter import key_of, text_of
from tests.factories.earning import EarningRuleFactory
from tests.factories.members import CardFactory, EnrolmentFactory, MemberFactory
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db
CHLOE = {"first_name": "Chloé", "last_name": "Caron", "contact": "06 98 76 54 32", "terms": "on"}


@pytest.fixture
def drawer(program):
    """A printed card that nobody has yet."""
    return CardFactory(program=program, member=None, state=Card.State.READY, activated_at=None)


def test_a_number_that_nobody_has_leads_to_the_form_and_the_form_to_a_member_with_a_card(till, program, store, drawer):
    EarningRuleFactory(program=program, kind="sign_up", effect="fixed", points=50, per_amount=None)
    found = till.find("06 98 76 54 32")
    assert "/counter/do/enrol/?typed=06%2098%2076%2054%2032" in found.content.decode()
    form = till.get("/counter/do/enrol/", {"typed": "06 98 76 54 32"})
    assert form.context["form"]["contact"].value() == "06 98 76 54 32"
    assert "Agrees to e-mails of Les Halles about points and offers." in text_of(form)

    sent = CHLOE | {"card": f" {drawer.number.lower()}", "consent_sms": "on"}
    page = text_of(till.do("enrol", key=key_of(form), **sent))

    chloe = Member.objects.get(first_name="Chloé")
    assert "Welcome! Chloé Caron" in page
    assert drawer.number in page
    assert "Balance 50 points" in page
    assert (str(chloe.phone), chloe.enrolments.get().store) == ("+33698765432", store)
    assert chloe.cards.get() == drawer
    consent = Consent.objects.get()
    assert (consent.channel, consent.by) == ("sms", till.user)
    assert "text messages of Les Halles" in consent.wording
    assert "recorded already" in text_of(till.do("enrol", key=key_of(form), **sent))
    assert till.find(drawer.number).redirect_chain[-1][0] == f"/counter/member/{chloe.number}/"


def test_the_terms_are_there_to_be_read_before_they_are_accepted(till, program):
    program.terms_fr, program.terms_en = "Les points durent <un an>.", "Points last a year."
    program.save()
    page = text_of(till.get("/counter/do/enrol/"))
    assert page.index("Read the terms, version 1 Points last a year.") < page.index("Accepts the terms")

    french = till.get("/counter/do/enrol/", headers={"accept-language": "fr"}).content.decode()
    assert "Les points durent &lt;un an&gt;." in french


def test_undone_the_membership_ends_and_enrolled_again_the_same_person_comes_back(till, program):
    till.do("enrol", **CHLOE, consent_sms="on")
    chloe, first = Member.objects.get(), Card.objects.get()

    assert "Undone." in text_of(till.undo())
    first.refresh_from_db()
    assert (chloe.enrolments.get().status, first.state) == ("left", "blocked")
    assert not has_consent(chloe.pk, "sms")
    assert "A customer, but not a member" in text_of(till.find("0698765432"))
    page = text_of(till.do("enrol", **CHLOE))

    assert "They were a customer already" in page
    assert chloe.cards.active().get() != first
    assert Member.objects.get() == chloe


def test_who_has_the_number_or_the_email_is_not_made_twice(till, ana, program):
    page = text_of(till.do("enrol", **CHLOE | {"contact": "+33 6 12 34 56 78"}))
    assert "Ana Almeida is a member already" in page
    assert "already" in text_of(till.do("enrol", **CHLOE | {"contact": "ANA@example.com"}))

    block_member(member=ana, reason="x", at=till.device.registered_at, by=None)
    assert "This membership is blocked" in text_of(till.do("enrol", **CHLOE | {"contact": "ana@example.com"}))
    assert Member.objects.count() == 1


def test_a_customer_of_another_program_is_enrolled_as_they_are(till, program):
    dora = MemberFactory(first_name="Dora", email="dora@example.com")
    EnrolmentFactory(member=dora, program=ProgramFactory())

    till.do("enrol", **CHLOE | {"contact": "dora@example.com"})

    assert Enrolment.objects.get(program=program).member == dora
    assert CounterAction.objects.get().member == dora
    dora.refresh_from_db()
    assert dora.first_name == "Dora"


def test_a_namesake_is_asked_about_once(till, ana):
    sent = CHLOE | {"first_name": "ANA", "last_name": "Alméida"}

    page = text_of(till.do("enrol", **sent))
    assert "There is a member of this name: Ana A. •• 78" in page
    assert "Almeida" not in page
    till.do("enrol", **sent, another="on")

    assert Member.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"contact": "12"}, "Type a number such as 06 12 34 56 78"),
        ({"contact": "ana@"}, "valid email"),
        ({"contact": "😀"}, "Type a number such as"),
        ({"first_name": "\u200f"}, "required"),
        ({"terms": ""}, "required"),
        ({"card": "C123"}, "This card is not known."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nobody_is_made(till, program, typed, says):
    page = till.do("enrol", **CHLOE | typed)

    assert says in text_of(page)
    assert "Caron" in page.content.decode()
    assert not Member.objects.exists()


def test_cards_of_others_and_of_other_programs_are_refused_and_so_is_a_closed_program(till, ana, program):
    foreign = CardFactory(program=ProgramFactory(), member=None, state=Card.State.READY, activated_at=None)

    assert "another program" in text_of(till.do("enrol", **CHLOE, card=foreign.number))
    assert "in use already" in text_of(till.do("enrol", **CHLOE, card=ana.cards.get().number))
    days = ("closing_announced_date", "last_earning_date", "last_redemption_date", "final_expiry_date")
    Program.objects.filter(pk=program.pk).update(**dict.fromkeys(days, "2020-01-01"))
    assert "takes no new members" in text_of(till.do("enrol", **CHLOE))

    assert Member.objects.count() == 1


def test_a_clerk_enrols_neither_themselves_nor_uses_another_name_for_it(till, program):
    till.user.email = "claire@example.com"
    till.user.save()

    page = text_of(till.do("enrol", **CHLOE | {"contact": "Claire@Example.com"}))

    assert "You cannot serve yourself" in page
    assert not Member.objects.exists()
