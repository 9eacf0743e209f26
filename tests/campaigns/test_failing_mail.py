"""A mail server that refuses, is busy or away: the message says so and is tried again, with a limit."""

from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest

from campaigns.rules import RETRY_AFTER
from tests.factories.campaigns import NOON, MessageFactory, reader, send

pytestmark = pytest.mark.django_db
BUSY = SMTPDataError(451, b"Try again later")


@pytest.fixture
def welcome(program, english_reader):
    return MessageFactory(program=program, member=english_reader)


def test_a_busy_server_is_tried_again_later(welcome, broken_mail, mailoutbox):
    broken_mail(BUSY)
    send()
    welcome.refresh_from_db()
    assert (welcome.state, welcome.reason, welcome.attempts) == ("queued", "not_accepted", 1)
    assert "Try again later" in welcome.error
    send(NOON + timedelta(seconds=30))
    assert mailoutbox == []
    send(NOON + RETRY_AFTER[0])
    welcome.refresh_from_db()
    assert (welcome.state, welcome.reason, welcome.error) == ("sent", "", "")
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("step", ["send", "open"])
def test_it_is_given_up_after_the_last_attempt(welcome, broken_mail, mailoutbox, step):
    broken_mail(ConnectionRefusedError("refused"), on=step, times=1000)
    at = NOON
    for pause in [timedelta(), *RETRY_AFTER]:
        at += pause
        send(at)
    welcome.refresh_from_db()
    assert (welcome.state, welcome.reason) == ("failed", "not_accepted")
    assert welcome.attempts == len(RETRY_AFTER) + 1
    send(at + timedelta(days=1))
    assert mailoutbox == []


def test_an_address_that_the_server_refuses_for_good_is_not_tried_again(welcome, broken_mail, mailoutbox):
    broken_mail(SMTPRecipientsRefused({"bob@example.com": (550, b"No such user")}))
    send()
    send(NOON + timedelta(hours=1))
    welcome.refresh_from_db()
    assert welcome.state == "failed"
    assert "No such user" in welcome.error
    assert "bob@example.com" not in welcome.error
    assert mailoutbox == []


@pytest.mark.parametrize("error", [SMTPServerDisconnected("lost"), TimeoutError("timed out")])
def test_when_the_line_breaks_in_the_middle_nothing_is_sent_twice(welcome, broken_mail, mailoutbox, error):
    broken_mail(error)
    send()
    send(NOON + timedelta(days=1))
    welcome.refresh_from_db()
    assert (welcome.state, welcome.reason) == ("failed", "interrupted")
    assert mailoutbox == []


def test_one_bad_address_does_not_hold_the_others_back(program, welcome, broken_mail, mailoutbox):
    other = MessageFactory(program=program, member=reader(program))
    broken_mail(SMTPRecipientsRefused({"bob@example.com": (550, b"No such user")}))
    send()
    assert [email.to for email in mailoutbox] == [[other.member.email]]


def test_nothing_is_sent_days_late(welcome, mailoutbox):
    send(NOON + timedelta(days=4))
    welcome.refresh_from_db()
    assert (welcome.state, welcome.reason) == ("skipped", "too_late")
    assert mailoutbox == []
