"""Members are told what they are about to lose: some days before, once, with the figures of that moment."""

from datetime import date, timedelta

import pytest

from campaigns.models import Message
from loyalty.ledger import operations as ledger
from members.operations import block_member, give_consent, withdraw_consent
from tests.factories.campaigns import NOON, TODAY, EmailSettingFactory, earn, night, reader

pytestmark = pytest.mark.django_db


def days(number):
    return TODAY + timedelta(days=number)


def test_points_that_expire_within_thirty_days_are_announced(program, english_reader, mailoutbox):
    earn(program, english_reader, 1200, until=days(29))
    night(program)
    (email,) = mailoutbox
    assert email.subject == "Les Halles: 1,200 points expire soon"
    assert "1,200 until March 31, 2026 included" in email.body


def test_points_that_expire_later_are_not_yet_announced(program, english_reader, mailoutbox):
    earn(program, english_reader, 10, until=days(30))
    night(program)
    assert mailoutbox == []
    night(program, days(1))
    assert len(mailoutbox) == 1


def test_a_program_says_how_many_days_before(program, english_reader, mailoutbox):
    EmailSettingFactory(program=program, days_before=7)
    earn(program, english_reader, 10, until=days(7))
    night(program)
    assert mailoutbox == []
    night(program, days(1))
    assert len(mailoutbox) == 1


def test_a_program_may_switch_the_e_mail_off(program, english_reader, mailoutbox):
    EmailSettingFactory(program=program, is_active=False)
    earn(program, english_reader, 10, until=days(5))
    night(program)
    assert mailoutbox == []


def test_days_of_one_month_are_told_of_together_and_once(program, english_reader, mailoutbox):
    earn(program, english_reader, 50, until=date(2026, 3, 10))
    earn(program, english_reader, 70, until=date(2026, 3, 25))
    for day in range(4):
        night(program, days(day))
    (email,) = mailoutbox
    assert "120 points" in email.subject
    assert "50 until March 10, 2026" in email.body
    assert "70 until March 25, 2026" in email.body


def test_the_next_month_is_told_of_by_itself(program, english_reader, mailoutbox):
    earn(program, english_reader, 50, until=date(2026, 3, 31))
    earn(program, english_reader, 70, until=date(2026, 4, 1))
    night(program)
    assert ["50 points" in email.subject for email in mailoutbox] == [True]
    night(program, date(2026, 3, 3))
    assert "70 points" in mailoutbox[1].subject


def test_a_doubled_job_writes_once(program, english_reader, mailoutbox):
    earn(program, english_reader, 50, until=days(5))
    night(program)
    night(program)
    assert len(mailoutbox) == 1


def test_points_that_were_spent_meanwhile_are_not_lamented(program, english_reader, mailoutbox):
    earn(program, english_reader, 50, until=days(5))
    cause = ledger.Cause("till", "spent")
    ledger.redeem(program=program, member_id=english_reader.pk, points=50, cause=cause, at=NOON)
    night(program)
    assert mailoutbox == []


def test_nobody_is_written_to_without_consent_or_e_mail_or_when_blocked(program, mailoutbox):
    silent, unreachable, blocked = reader(program), reader(program, email=""), reader(program)
    withdraw_consent(member=silent, channel="email", source="counter", at=NOON, by=None)
    block_member(member=blocked, reason="fraud", at=NOON, by=None)
    for member in (silent, unreachable, blocked):
        earn(program, member, 50, until=days(5))
    night(program)
    assert mailoutbox == []


def test_who_agrees_later_is_told_while_there_is_time(program, ana, mailoutbox):
    earn(program, ana, 50, until=days(5))
    night(program)
    give_consent(member=ana, channel="email", source="counter", at=NOON, by=None)
    night(program, days(1))
    assert len(mailoutbox) == 1


def test_a_past_day_that_is_caught_up_sends_nothing_and_says_so(program, english_reader, mailoutbox):
    earn(program, english_reader, 50, until=days(5))
    night(program, catching_up=True)
    night(program, days(1))
    assert mailoutbox == []
    message = Message.objects.get()
    assert (message.state, message.reason) == ("skipped", "past_day")


def test_members_of_another_program_hear_nothing(program, english_reader, mailoutbox):
    stranger = reader(EmailSettingFactory().program)
    earn(stranger.enrolments.get().program, stranger, 50, until=days(5))
    night(program)
    assert mailoutbox == []


def test_the_job_reports_what_it_did(program, english_reader, mailoutbox):
    earn(program, english_reader, 50, until=days(5))
    job = night(program)
    assert (job.state, job.report["queued"], job.report["sent"]) == ("succeeded", 1, 1)


@pytest.mark.parametrize("members", [1, 30])
def test_the_number_of_statements_does_not_grow_with_the_members_to_choose_from(
    program, members, django_assert_max_num_queries
):
    from campaigns.operations import queue_expiring

    readers = [reader(program) for _ in range(members)]
    for member in readers:
        earn(program, member, 50, until=days(5))
    with django_assert_max_num_queries(9):
        queued = queue_expiring(
            program=program, day=TODAY, at=NOON, first_member=readers[0].pk, last_member=readers[-1].pk
        )
    assert queued.queued == members


def test_cash_back_is_told_of_as_money(program, english_reader, french_reader, mailoutbox):
    earn(program, english_reader, 500, until=days(5), currency="cashback")
    earn(program, french_reader, 1250, until=days(5), currency="cashback")
    night(program)
    subjects = {email.subject for email in mailoutbox}
    assert subjects == {"Les Halles: €5.00 cash-back expire soon", "Les Halles : 12,50 € cashback expirent bientôt"}
    (english,) = (email for email in mailoutbox if email.to == ["bob@example.com"])
    assert "€5.00 until March 7, 2026 included" in english.body
    assert "Part of what you have collected expires soon" in english.body


def test_points_and_cash_back_of_a_month_are_told_of_together(program, english_reader, mailoutbox):
    earn(program, english_reader, 500, until=days(5), currency="cashback")
    earn(program, english_reader, 1200, until=days(8))
    night(program)
    (email,) = mailoutbox
    assert email.subject == "Les Halles: 1,200 points and €5.00 cash-back expire soon"
    told = email.body[email.body.index("- ") :]
    assert told.splitlines()[:2] == [
        "- €5.00 until March 7, 2026 included",
        "- 1,200 points until March 10, 2026 included",
    ]
