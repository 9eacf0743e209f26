"""An e-mail goes out once or not at all, whatever becomes of the worker in between."""

from datetime import timedelta

import pytest

from campaigns import operations
from campaigns.models import Message
from campaigns.operations import delivering
from campaigns.rules import INTERRUPTED_AFTER
from tests.factories.campaigns import NOON, MessageFactory, send
from tests.racing import at_once

LATER = NOON + INTERRUPTED_AFTER + timedelta(minutes=1)


class Killed(BaseException):
    """What a process cannot catch."""


@pytest.fixture
def welcome(program, english_reader):
    return MessageFactory(program=program, member=english_reader)


@pytest.fixture
def worker_dies(monkeypatch):
    """The worker is gone before it can say that the e-mail went out."""

    def die(message, **values):
        raise Killed

    def run():
        with monkeypatch.context() as patch:
            patch.setattr(delivering, "_record", die)
            with pytest.raises(Killed):
                operations.deliver(at=NOON)

    return run


@pytest.mark.django_db
def test_a_worker_that_dies_after_sending_sends_no_second_e_mail(welcome, worker_dies, mailoutbox):
    worker_dies()
    send()
    send(LATER)
    send(LATER + timedelta(days=1))
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_what_was_interrupted_is_shown_as_failed_and_says_that_it_may_have_gone_out(welcome, worker_dies):
    worker_dies()
    welcome.refresh_from_db()
    assert welcome.state == "sending"
    send(LATER)
    welcome.refresh_from_db()
    assert (welcome.state, welcome.reason) == ("failed", "interrupted")


@pytest.mark.django_db
def test_an_e_mail_that_is_on_its_way_is_not_given_up(welcome, worker_dies):
    worker_dies()
    send(NOON + timedelta(minutes=5))
    welcome.refresh_from_db()
    assert welcome.state == "sending"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once(program, english_reader, mailoutbox):
    from tests.factories.campaigns import reader

    for member in [english_reader, *(reader(program) for _ in range(11))]:
        MessageFactory(program=program, member=member)
    at_once(lambda call: call(), [lambda: operations.deliver(at=NOON)] * 4)
    assert len(mailoutbox) == 12
    assert len({email.to[0] for email in mailoutbox}) == 12
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
