"""Stopping the e-mails from an e-mail: one click by the mail program, or the page with its button, and the way back."""

import re

import pytest
from django.test import Client

from campaigns.unsubscribing import NOBODY, token_of
from members.models import Consent
from members.operations import block_member, withdraw_consent
from members.queries import has_consent
from tests.factories.campaigns import NOON, MessageFactory, address, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    """A stranger's browser, as strict about CSRF as in production."""
    return Client(enforce_csrf_checks=True)


def agrees(member):
    return has_consent(member.pk, "email")


def answers(member):
    return Consent.objects.filter(member=member).count()


def one_click(browser, path):
    """What a mail provider sends (RFC 8058, section 3.2)."""
    return browser.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")


def test_one_click_in_the_mail_program_unsubscribes(program, english_reader, browser, mailoutbox, settings):
    MessageFactory(program=program, member=english_reader)
    send()
    path = mailoutbox[0].extra_headers["List-Unsubscribe"].strip("<>").removeprefix(settings.SITE_URL)
    response = one_click(browser, path)
    assert response.status_code == 200
    assert not agrees(english_reader)


def test_the_withdrawal_is_recorded_with_its_source(program, english_reader, browser):
    one_click(browser, address(english_reader, program))
    record = Consent.objects.filter(member=english_reader).latest("pk")
    assert (record.given, record.source, record.by) == (False, "unsubscribe link", None)


def test_a_second_click_answers_the_same_and_records_nothing(program, english_reader, browser):
    path = address(english_reader, program)
    one_click(browser, path)
    before = answers(english_reader)
    assert one_click(browser, path).status_code == 200
    assert answers(english_reader) == before


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_follows_the_link_unsubscribes_nobody(program, english_reader, browser, method):
    assert getattr(browser, method)(address(english_reader, program)).status_code == 200
    assert agrees(english_reader)


def test_the_page_asks_before_it_does_anything_and_its_button_does_it(program, english_reader, browser):
    html = browser.get(address(english_reader, program)).content.decode()
    assert "Stop receiving e-mails?" in html
    action = re.search(r'<form method="post" action="([^"]+)"', html)[1]
    assert "You are unsubscribed" in browser.post(action).content.decode()
    assert not agrees(english_reader)


def test_the_page_speaks_the_members_language(program, french_reader, browser):
    response = browser.get(address(french_reader, program), headers={"accept-language": "en"})
    assert '<html lang="fr">' in response.content.decode()
    assert response.headers["Content-Language"] == "fr"


def test_the_page_keeps_to_the_strict_policy_and_is_not_stored(program, english_reader, browser):
    response = browser.get(address(english_reader, program))
    html = response.content.decode()
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "<style" not in html
    assert "style=" not in html
    assert "<script" not in html
    assert response.headers["Cache-Control"] == "no-store"


def test_who_unsubscribed_by_mistake_can_undo_it(program, english_reader, browser):
    done = one_click(browser, address(english_reader, program)).content.decode()
    action = re.search(r'<form method="post" action="([^"]+)"', done)[1]
    assert "You receive e-mails again" in browser.post(action).content.decode()
    assert agrees(english_reader)


def test_the_undo_address_does_nothing_when_it_is_only_opened(program, english_reader, browser):
    path = address(english_reader, program)
    one_click(browser, path)
    browser.get(path + "undo/", follow=True)
    assert not agrees(english_reader)


def test_a_no_that_was_said_elsewhere_cannot_be_undone_by_the_link(program, english_reader, browser):
    withdraw_consent(member=english_reader, channel="email", source="counter", at=NOON, by=None)
    path = address(english_reader, program)
    assert "undo" not in browser.get(path).content.decode()
    browser.post(path + "undo/")
    assert not agrees(english_reader)


@pytest.mark.parametrize("end", ["", "/undo"])
@pytest.mark.parametrize("token", ["nonsense", token_of(NOBODY), "WzEsMV0:forged", "WzEsMV0"])
def test_an_address_that_is_cut_or_made_up_says_so(db, browser, token, end):
    for response in (
        browser.get(f"/emails/unsubscribe/{token}{end}/"),
        browser.post(f"/emails/unsubscribe/{token}{end}/"),
    ):
        if response.status_code != 302:
            assert response.status_code == 404
            assert "not valid" in response.content.decode()


def test_a_changed_address_unsubscribes_nobody(program, english_reader, french_reader, browser):
    mine = address(english_reader, program)
    theirs = address(french_reader, program)
    forged = theirs.split(":")[0] + ":" + mine.split(":")[1]
    assert one_click(browser, forged).status_code == 404
    assert agrees(french_reader)


def test_other_channels_are_left_as_they_are(program, english_reader, browser):
    Consent.objects.create(member=english_reader, channel="sms", given=True, source="counter", recorded_at=NOON)
    one_click(browser, address(english_reader, program))
    assert has_consent(english_reader.pk, "sms")


def test_a_blocked_member_can_still_unsubscribe(program, english_reader, browser):
    block_member(member=english_reader, reason="fraud", at=NOON, by=None)
    assert one_click(browser, address(english_reader, program)).status_code == 200
    assert not agrees(english_reader)
