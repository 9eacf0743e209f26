"""Signing up on the club's page: the address is proved first, and no stranger learns who is a member."""

from datetime import date

import pytest

from campaigns.sms import fake
from loyalty.earning.models import Activity
from loyalty.portal.models import OneTimeCode
from loyalty.programs.operations import announce_closing
from loyalty.referrals.operations import make_code, set_referral_program
from loyalty.referrals.queries import link, referral_of
from members.models import Consent, Member
from members.operations import block_member
from tests.factories.members import LONG_AGO, EnrolmentFactory, MemberFactory
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db


def new_member():
    return Member.objects.latest("pk")


def test_who_proves_the_address_becomes_a_member_with_a_card(program, phone, mailoutbox):
    phone.join("Nora@Example.com", last_name="Nguyen", birth_date="1990-05-17", consent_email="on")
    assert not Member.objects.exists()
    assert mailoutbox[0].to == ["nora@example.com"]
    response = phone.enter(phone.last_digits())
    assert response.headers["location"] == "/club/les-halles/?welcome"

    nora, enrolment = new_member(), new_member().enrolments.get()
    assert (nora.first_name, nora.last_name, nora.email) == ("Nora", "Nguyen", "nora@example.com")
    assert (nora.birth_date, nora.language) == (date(1990, 5, 17), "fr")
    assert (enrolment.program, enrolment.channel, enrolment.terms_version) == (program, "portal", "1")
    assert Activity.objects.filter(member=nora, kind="sign_up", channel="portal").exists()
    assert nora.cards.get().number in phone.get("?welcome").content.decode()


def test_consents_are_kept_with_the_words_that_were_shown(program, phone):
    wording = "Les Halles peut m’écrire par e-mail au sujet de mes points et de ses offres."
    assert wording in phone.get("join/", headers={"accept-language": "fr"}).content.decode()
    phone.post(
        "join/",
        {"first_name": "N", "address": "n@example.com", "language": "fr", "terms": "on", "consent_email": "on"},
        headers={"accept-language": "fr"},
    )
    phone.enter(phone.last_digits())
    consent = Consent.objects.get()
    assert (consent.channel, consent.given, consent.source) == ("email", True, "portal")
    assert consent.wording == wording


def test_a_phone_number_is_proved_by_a_text(phone):
    phone.join("06 98 76 54 32")
    assert fake.outbox[0].to == "+33698765432"
    phone.enter(fake.outbox[0].text[:6])
    assert (new_member().phone, new_member().email) == ("+33698765432", "")


def test_phones_are_not_asked_for_where_nobody_can_be_texted(phone, settings):
    settings.PRODUCTION = True
    assert "mobile number" not in phone.get("join/", headers={"accept-language": "en"}).content.decode()
    assert phone.join("06 98 76 54 32").status_code == 422
    assert not OneTimeCode.objects.exists()


def test_a_stranger_sees_the_same_words_for_a_member_and_for_nobody(ana, phone, other_phone, mailoutbox):
    known, unknown = phone.join(ana.email), other_phone.join("nobody@example.com")
    assert (known.status_code, unknown.status_code) == (200, 200)

    def words(page, address):
        text = page.html.replace(address, "…").replace(page.ticket, "…")
        return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]

    assert words(phone, ana.email) == words(other_phone, "nobody@example.com")
    assert mailoutbox[0].subject == "Vous êtes déjà membre de Les Halles"
    assert "est votre code" in mailoutbox[1].subject


def test_a_member_who_signs_up_again_comes_to_the_card_as_it_was(ana, phone):
    phone.join(ana.email, first_name="Mallory", birth_date="2000-01-01", consent_sms="on")
    assert phone.enter(phone.last_digits()).headers["location"].endswith("?known")
    ana.refresh_from_db()
    assert (ana.first_name, ana.birth_date) == ("Ana", None)
    assert not Consent.objects.exists()
    assert Member.objects.count() == 1


def test_a_member_of_another_program_of_the_house_joins_with_the_same_person(program, phone):
    carla = MemberFactory(email="carla@example.com")
    EnrolmentFactory(member=carla, program=ProgramFactory())
    phone.join("carla@example.com", first_name="Mallory")
    phone.enter(phone.last_digits())
    carla.refresh_from_db()
    assert set(carla.enrolments.values_list("program__code", flat=True)) >= {"les-halles"}
    assert carla.first_name != "Mallory"


def test_a_blocked_member_is_told_after_proving_the_address_and_nobody_before(ana, phone):
    block_member(member=ana, reason="x", at=LONG_AGO, by=None)
    assert phone.join(ana.email).status_code == 200
    response = phone.enter(phone.last_digits())
    assert response.status_code == 422
    assert "club" not in response.cookies


def test_the_message_carries_nothing_that_a_stranger_typed(phone, mailoutbox):
    phone.join("victim@example.com", first_name="Buy at www.bad.example", last_name="now")
    [letter] = mailoutbox
    assert "bad.example" not in letter.subject + letter.body + letter.alternatives[0][0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "nobody"},
        {"address": ""},
        {"address": "12"},
        {"terms": ""},
        {"birth_date": "2999-01-01"},
        {"birth_date": "hier"},
        {"first_name": ""},
        {"language": "xx"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(phone, wrong):
    response = phone.post(
        "join/", {"first_name": "Nora", "address": "nora@example.com", "language": "fr", "terms": "on"} | wrong
    )
    assert response.status_code == 422
    assert "errorlist" in phone.html
    if wrong != {"first_name": ""}:
        assert 'value="Nora"' in phone.html
    assert not OneTimeCode.objects.exists()


def test_a_friends_link_leads_to_the_form_with_the_code_and_the_code_counts(program, ana, phone):
    set_referral_program(program=program, referrer_points=5, at=LONG_AGO)
    code = make_code(program=program, member_id=ana.pk, at=LONG_AGO)
    path = link(code).partition("8000")[2]
    response = phone.get(path)
    assert f'value="{code.code}"' in phone.get(response.headers["location"]).content.decode()
    phone.join("friend@example.com", referral=code.spoken)
    phone.enter(phone.last_digits())
    assert referral_of(program, new_member()).referrer == ana


def test_a_friends_link_that_nobody_made_leads_to_no_program(db, client):
    assert client.get("/r/NOBODY").status_code == 404


def test_a_program_that_closes_takes_nobody(program, phone):
    day = date(2025, 1, 1)
    announce_closing(program=program, last_earning=day, last_redemption=day, final_expiry=day, at=LONG_AGO, by=None)
    assert '<form method="post" novalidate>' not in phone.get("join/").content.decode()
    phone.join("late@example.com")
    assert phone.enter(phone.last_digits()).status_code == 422
    assert not Member.objects.exists()


def test_a_changed_or_foreign_ticket_is_worth_nothing(phone, program):
    phone.join("nora@example.com")
    digits, ticket = phone.last_digits(), phone.ticket
    elsewhere = ProgramFactory()
    for path, sent in [("/club/les-halles/code/", ticket[:-2] + "xx"), (f"/club/{elsewhere.code}/code/", ticket)]:
        response = phone.browser.post(path, {"ticket": sent, "digits": digits})
        assert response.headers["location"].endswith("/sign-in/")
    assert not Member.objects.exists()


def test_the_terms_can_be_read_before_they_are_accepted_and_after(program, ana_at_home, other_phone):
    assert "Read the terms" not in other_phone.get("join/").content.decode()
    program.terms_fr, program.terms_version = "Les points durent <un an>.", "2026-03"
    program.save()

    page = other_phone.get("join/", headers={"accept-language": "fr"}).content.decode()

    assert "Lire les conditions, version 2026-03" in page
    assert "Les points durent &lt;un an&gt;." in page
    assert "Les points durent" in other_phone.get("join/", headers={"accept-language": "en"}).content.decode()
    assert "Les points durent" in ana_at_home.get("preferences/").content.decode()
