"""Sending what is queued, each message at most once.

A worker first makes a message its own by moving it from queued to sending, and commits that; then it sends; then it
records what came of it. If it dies in between, nobody knows whether the e-mail went out: `close_interrupted` marks the
message as failed and it is not sent again, because twice is worse than not at all. Whoever sees a failed message may
queue it again by hand.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPServerDisconnected

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from campaigns import letters, rules, unsubscribing
from campaigns.models import Message
from campaigns.operations.batch import Batch
from campaigns.operations.queueing import queue_welcomes
from loyalty.programs.models import Program

logger = logging.getLogger(__name__)

BATCH = 50  # one connection each; consents are asked for once per batch, so it must be short
# The line broke in the middle: the server may have accepted the e-mail or not.
IN_DOUBT = (SMTPServerDisconnected, TimeoutError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError)

State, Reason = Message.State, Message.Reason


@dataclass(slots=True)
class Delivered:
    """What became of a batch. `is_connected` is false where no mail server answered."""

    sent: int = 0
    skipped: int = 0
    failed: int = 0
    postponed: int = 0
    is_connected: bool = True

    def count(self, state: str) -> None:
        name = {State.SENT: "sent", State.SKIPPED: "skipped", State.FAILED: "failed", State.QUEUED: "postponed"}
        setattr(self, name[State(state)], getattr(self, name[State(state)]) + 1)


def send_waiting(*, clock: Callable[[], datetime] = timezone.now) -> None:
    """All that waits: whoever enrolled is greeted, what is queued goes out, until nothing is left or the mail server is
    away. `clock` is asked before each batch."""
    close_interrupted(at=clock())
    while queue_welcomes(at=clock()):
        pass
    while (delivered := deliver(at=clock())) and delivered.is_connected:
        pass


def deliver(
    *, at: datetime, program: Program | None = None, occasion: str = "", limit: int = BATCH
) -> Delivered | None:
    """Send the messages that have been due the longest; None where nothing is due.

    Not inside a transaction: a message must be this worker's before it goes out.
    """
    due = Message.objects.filter(state=State.QUEUED, due_at__lte=at)
    if program is not None:
        due = due.filter(program=program)
    if occasion:
        due = due.filter(occasion=occasion)
    messages = list(due.select_related("program", "member").order_by("due_at", "pk")[:limit])
    return _deliver(messages, at) if messages else None


@transaction.atomic
def close_interrupted(*, at: datetime) -> int:
    """Give up on what a worker took and never reported; returns how many. They may have gone out."""
    lost = Message.objects.filter(state=State.SENDING, claimed_at__lt=at - rules.INTERRUPTED_AFTER)
    return lost.update(state=State.FAILED, reason=Reason.INTERRUPTED)


def _deliver(messages: Sequence[Message], at: datetime) -> Delivered:
    delivered = Delivered()
    batch = Batch(messages, at)
    sendable = []
    for message in messages:
        if reason := batch.reason_not_to_send(message):
            delivered.skipped += _skip(message, reason)
        else:
            sendable.append(message)
    if sendable:
        _send_all(sendable, batch, delivered, at)
    return delivered


def _send_all(messages: Sequence[Message], batch: Batch, delivered: Delivered, at: datetime) -> None:
    connection = get_connection()
    try:
        connection.open()
    except Exception as error:
        logger.warning("The mail server does not answer: %s", error)
        delivered.is_connected = False
        for message in messages:
            if _claim(message, at):
                delivered.count(_failed(message, error, at))
        return
    try:
        for message in messages:
            if _claim(message, at) and not _send(message, batch, connection, delivered, at):
                return  # what state the connection is in is unknown; the others are still queued
    finally:
        with suppress(SMTPException, OSError):
            connection.close()


def _send(message: Message, batch: Batch, connection, delivered: Delivered, at: datetime) -> bool:
    """Whether the connection can be used for another."""
    reader = unsubscribing.Reader(message.member_id, message.program_id)
    url = unsubscribing.address(reader)
    try:
        letter = batch.letter(message, url)
        email = letters.addressed(letter, program=message.program, to=message.member.email, unsubscribe_url=url)
        if connection.send_messages([email]) == 0:
            raise SMTPException("0 accepted")
    except Exception as error:
        logger.warning("Message %s was not sent: %s", message.pk, type(error).__name__)
        delivered.count(_failed(message, error, at))
        return isinstance(error, SMTPRecipientsRefused)
    _record(
        message,
        state=State.SENT,
        sent_at=at,
        subject=letter.subject,
        language=message.member.language,
        context=batch.figures(message),
        reason="",
        error="",
    )
    delivered.count(State.SENT)
    return True


@transaction.atomic(durable=True)
def _claim(message: Message, at: datetime) -> bool:
    """Durable: what another worker could still see as queued must not go out."""
    queued = Message.objects.filter(pk=message.pk, state=State.QUEUED, attempts=message.attempts)
    return bool(queued.update(state=State.SENDING, claimed_at=at, attempts=F("attempts") + 1))


def _skip(message: Message, reason: str) -> int:
    queued = Message.objects.filter(pk=message.pk, state=State.QUEUED)
    return queued.update(state=State.SKIPPED, reason=reason)


def _failed(message: Message, error: Exception, at: datetime) -> str:
    """Record a failed attempt; returns the state that follows: queued for another, or failed for good."""
    text = _text_of(error)
    again_at = rules.retry_at(message.attempts + 1, at)
    if isinstance(error, IN_DOUBT):
        return _record(message, state=State.FAILED, reason=Reason.INTERRUPTED, error=text)
    if _is_final(error) or again_at is None:
        return _record(message, state=State.FAILED, reason=Reason.NOT_ACCEPTED, error=text)
    return _record(message, state=State.QUEUED, reason=Reason.NOT_ACCEPTED, error=text, due_at=again_at)


def _record(message: Message, **values) -> str:
    Message.objects.filter(pk=message.pk, state=State.SENDING).update(**values)
    return values["state"]


def _is_final(error: Exception) -> bool:
    """The server says that it will never take it, to this address or with this content."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= 500


def _text_of(error: Exception) -> str:
    """What staff read. A refusal of recipients carries their addresses, which have no place here."""
    if isinstance(error, SMTPRecipientsRefused):
        answers = [(code, text) for code, text in error.recipients.values()]
        return "; ".join(f"{code} {text.decode(errors='replace')}" for code, text in answers)[:300]
    return f"{type(error).__name__}: {error}"[:300]
