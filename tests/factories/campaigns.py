"""E-mails: members who can be written to, points that are about to expire, the nightly job.

The shared cast: Ana reads French, Bob reads English; both are in “Les Halles”, have an e-mail and agreed to e-mails.
"""

import itertools
from datetime import UTC, date, datetime, timedelta

import factory
import pytest
import time_machine
from django.core.mail.backends.locmem import EmailBackend

from campaigns import operations, unsubscribing
from campaigns.models import EmailSetting, Message, Occasion
from loyalty.earning.operations import enrol_member
from loyalty.events.operations import publish
from loyalty.jobs import operations as jobs
from loyalty.ledger import operations as ledger
from loyalty.lib.periods import start_of_day
from tests.factories.members import LONG_AGO, ConsentFactory, EnrolmentFactory, MemberFactory
from tests.factories.programs import ProgramFactory

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_number = itertools.count(1)


class MessageFactory(factory.django.DjangoModelFactory):
    """A welcome that waits to be sent."""

    class Meta:
        model = Message

    program = factory.SubFactory(ProgramFactory)
    member = factory.SubFactory(MemberFactory)
    occasion = Occasion.WELCOME
    language = "fr"
    created_at = NOON
    due_at = NOON


class EmailSettingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EmailSetting

    program = factory.SubFactory(ProgramFactory)
    occasion = Occasion.POINTS_EXPIRING


def reader(program, **person):
    """A member of the program who agreed to e-mails."""
    number = next(_number)
    member = MemberFactory(**{"email": f"reader-{number}@example.com", "language": "en"} | person)
    EnrolmentFactory(member=member, program=program)
    ConsentFactory(member=member)
    return member


@pytest.fixture
def french_reader(ana):
    ConsentFactory(member=ana)
    return ana


@pytest.fixture
def english_reader(program):
    return reader(program, first_name="Bob", email="bob@example.com")


def earn(program, member, points, *, until, **terms):
    """Points whose last usable day is `until`; or cash-back, in minor units."""
    ledger.earn(
        program=program,
        member_id=member.pk,
        points=points,
        cause=ledger.Cause("till", str(next(_number))),
        at=LONG_AGO,
        expires_at=start_of_day(until + timedelta(days=1), program.tzinfo),
        **terms,
    )


def night(program, day=TODAY, *, catching_up=False):
    """The job of one night, run as it would be: asked for again, it is the same job."""
    at = start_of_day(day, program.tzinfo)
    job = jobs.ensure(
        name="points_expiring", scope=program.code, period=day.isoformat(), by=None, at=at, catching_up=catching_up
    )
    with time_machine.travel(at, tick=False):
        return jobs.run(job, at=at)


def enrol(program, *, at=NOON, consents=("email",), **person):
    person = {"first_name": "Bob", "email": "bob@example.com", "language": "en"} | person
    return enrol_member(program=program, at=at, channel="web", consents=consents, **person).member


def send(at=NOON):
    """What the clock does every minute."""
    publish()
    operations.send_waiting(clock=lambda: at)


def address(member, program):
    """The path of the unsubscribe link in this member's e-mails."""
    return "/" + unsubscribing.address(unsubscribing.Reader(member.pk, program.pk)).split("/", 3)[3]


class BrokenBackend(EmailBackend):
    """A mail server that fails with `error`, on opening or on sending, as often as it is told to."""

    error: Exception = OSError("refused")
    fails_on = "send"
    failures = 0

    def open(self):
        self._perhaps("open")
        return True

    def send_messages(self, messages):
        self._perhaps("send")
        return super().send_messages(messages)

    def _perhaps(self, step):
        if self.fails_on == step and BrokenBackend.failures > 0:
            BrokenBackend.failures -= 1
            raise self.error


@pytest.fixture
def broken_mail(settings, monkeypatch):
    """`broken_mail(SMTPException("busy"), on="send", times=1)`"""

    def breaks(error, *, on="send", times=1):
        settings.EMAIL_BACKEND = "tests.factories.campaigns.BrokenBackend"
        for name, value in {"error": error, "fails_on": on, "failures": times}.items():
            monkeypatch.setattr(BrokenBackend, name, value)

    return breaks
