"""Who enrols is welcomed, once, if they agreed to e-mails and can be reached."""

from datetime import timedelta

import pytest

from campaigns.models import Message
from campaigns.rules import LATEST
from loyalty.earning.models import EarningRule
from loyalty.events.models import Cursor
from members.operations import block_member, leave, withdraw_consent
from tests.factories.campaigns import NOON, enrol, send
from tests.factories.earning import EarningRuleFactory

pytestmark = pytest.mark.django_db


def test_a_new_member_is_welcomed(program, mailoutbox):
    enrol(program)
    send()
    (email,) = mailoutbox
    assert email.to == ["bob@example.com"]
    assert email.subject == "Welcome to Les Halles"


def test_the_welcome_names_the_member_the_number_and_the_points_of_the_sign_up(program, mailoutbox):
    EarningRuleFactory(program=program, kind="sign_up", effect=EarningRule.Effect.FIXED, points=1250)
    member = enrol(program)
    send()
    text = mailoutbox[0].body
    assert "Hello Bob," in text
    assert member.number in text
    assert "1,250 points" in text


def test_a_member_is_welcomed_once_however_often_the_clock_strikes(program, mailoutbox):
    enrol(program)
    send()
    send()
    send(NOON + timedelta(hours=5))
    assert len(mailoutbox) == 1


def test_events_that_are_read_twice_welcome_once(program, mailoutbox):
    enrol(program)
    send()
    Cursor.objects.filter(consumer="campaigns").update(sequence=0)
    send()
    assert len(mailoutbox) == 1


def test_who_comes_back_is_not_welcomed_again(program, mailoutbox):
    member = enrol(program)
    send()
    leave(enrolment=member.enrolments.get(), at=NOON, by=None)
    from loyalty.earning.operations import enrol_member

    enrol_member(program=program, member=member, at=NOON + timedelta(days=1))
    send(NOON + timedelta(days=1))
    assert len(mailoutbox) == 1


def skipped(member):
    message = Message.objects.get(member=member)
    return message.state == "skipped" and message.reason


def test_without_consent_nothing_is_sent(program, mailoutbox):
    member = enrol(program, consents=())
    send()
    assert mailoutbox == []
    assert skipped(member) == "no_consent"


def test_consent_to_another_channel_is_no_consent_to_e_mails(program, mailoutbox):
    enrol(program, consents=("sms", "post"))
    send()
    assert mailoutbox == []


def test_consent_counts_at_the_moment_of_sending(program, mailoutbox):
    member = enrol(program)
    withdraw_consent(member=member, channel="email", source="counter", at=NOON, by=None)
    send()
    assert mailoutbox == []
    assert skipped(member) == "no_consent"


def test_who_has_no_e_mail_is_skipped(program, mailoutbox):
    member = enrol(program, email="")
    send()
    assert mailoutbox == []
    assert skipped(member) == "no_email"


def test_a_blocked_member_is_skipped(program, mailoutbox):
    member = enrol(program)
    block_member(member=member, reason="fraud", at=NOON, by=None)
    send()
    assert mailoutbox == []
    assert skipped(member) == "not_active"


def test_who_has_left_is_skipped(program, mailoutbox):
    member = enrol(program)
    leave(enrolment=member.enrolments.get(), at=NOON, by=None)
    send()
    assert mailoutbox == []
    assert skipped(member) == "not_active"


def test_an_enrolment_learnt_of_too_late_is_recorded_and_nobody_is_written_to(program, mailoutbox):
    member = enrol(program, at=NOON - LATEST - timedelta(minutes=1))
    send()
    assert mailoutbox == []
    assert skipped(member) == "past_day"
