"""The e-mail itself: language, figures, both parts, headers, and what strangers may not put into it."""

import re
from datetime import date

import pytest

from tests.factories.campaigns import TODAY, EmailSettingFactory, MessageFactory, earn, night, reader, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def welcome_to(program, mailoutbox):
    def welcome(member):
        MessageFactory(program=program, member=member)
        send()
        return mailoutbox[-1]

    return welcome


def html_of(email):
    return next(part.content for part in email.alternatives if part.mimetype == "text/html")


def test_each_member_reads_their_own_language(program, french_reader, english_reader, mailoutbox):
    program.currency_name_fr, program.currency_name_en = "étoiles", "stars"
    program.save()
    for member in (french_reader, english_reader):
        earn(program, member, 1200, until=date(2026, 3, 10))
    night(program)
    french, english = sorted(mailoutbox, key=lambda email: email.to)
    assert re.search(r"1\s200 étoiles", french.subject)
    assert "soon" not in french.subject
    assert "10 mars 2026" in french.body
    assert "10 mars 2026" in html_of(french)
    assert '<html lang="fr">' in html_of(french)
    assert english.subject == "Les Halles: 1,200 stars expire soon"
    assert "March 10, 2026" in html_of(english)


def test_plain_text_and_html_say_the_same(program, english_reader, mailoutbox):
    earn(program, english_reader, 85, until=TODAY)
    night(program)
    (email,) = mailoutbox
    for part in (email.body, html_of(email)):
        assert "85" in part
        assert "March 2, 2026" in part
        assert english_reader.number in part
    assert "<" not in email.body.replace("<https", "")


def test_the_e_mail_wears_the_programs_colours_and_name(program, english_reader, welcome_to):
    program.colour, program.accent_colour = "#123456", "#abcdef"
    program.save()
    email = welcome_to(english_reader)
    assert "#123456" in html_of(email)
    assert "#abcdef" in html_of(email)
    assert email.from_email.startswith("Les Halles <")


@pytest.mark.parametrize("colour, ink", [("#0a0a40", "#ffffff"), ("#ffee88", "#1a1a1a")])
def test_the_heading_can_be_read_on_any_colour(program, english_reader, welcome_to, colour, ink):
    program.colour = colour
    program.save()
    assert f"color: {ink}" in html_of(welcome_to(english_reader))


def test_mail_programs_are_offered_one_click_to_unsubscribe(settings, english_reader, welcome_to):
    settings.SITE_URL = "https://loyalty.example.com"
    email = welcome_to(english_reader)
    address = email.extra_headers["List-Unsubscribe"]
    assert address.startswith("<https://loyalty.example.com/")
    assert address.endswith(">")
    assert email.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address.strip("<>") in email.body
    assert address.strip("<>") in html_of(email)


def test_the_unsubscribe_address_holds_no_personal_data(english_reader, welcome_to):
    address = welcome_to(english_reader).extra_headers["List-Unsubscribe"]
    assert "bob" not in address.lower()
    assert english_reader.number not in address


def test_a_program_writes_its_own_subject_and_opening(program, english_reader, welcome_to):
    EmailSettingFactory(
        program=program, occasion="welcome", subject_en="Hi {first_name}!", intro_en="So good.\n\nYour {program}"
    )
    email = welcome_to(english_reader)
    assert email.subject == "Hi Bob!"
    assert "So good." in email.body
    assert "Your Les Halles" in html_of(email)


def test_an_empty_own_text_means_the_standard_one(program, english_reader, welcome_to):
    EmailSettingFactory(program=program, occasion="welcome", subject_fr="Salut")
    assert welcome_to(english_reader).subject == "Welcome to Les Halles"


@pytest.mark.parametrize("name", ["Win at www.evil.example", "https://evil.example/x", "evil.example", "x" * 60])
def test_a_name_cannot_advertise(program, welcome_to, name):
    email = welcome_to(reader(program, first_name=name))
    assert name not in email.body
    assert name not in html_of(email)
    assert "Hello," in email.body


def test_a_name_cannot_bring_markup_or_headers(program, welcome_to):
    EmailSettingFactory(program=program, occasion="welcome", subject_en="Hi {first_name}")
    email = welcome_to(reader(program, first_name="<b>Bo</b>\nBcc: all"))
    assert "\n" not in email.subject
    assert "<b>Bo" not in html_of(email)
    assert "<b>Bo</b>" in email.body
