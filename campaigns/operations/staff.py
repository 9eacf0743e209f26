"""What staff do: try a failed message again, and send themselves an example."""

from collections.abc import Iterable
from datetime import datetime
from smtplib import SMTPException

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns import letters, queries, samples
from campaigns.models import Message
from campaigns.unsubscribing import NOBODY, address
from loyalty.programs.models import Program


class CannotSend(Exception):
    """The mail server did not take it; the message is translated."""


@transaction.atomic
def requeue(*, message_ids: Iterable[int], by, at: datetime) -> int:
    """Queue failed messages again, with all their attempts; returns how many there were.

    One that was interrupted may then arrive a second time: that is for whoever asks to weigh.
    """
    failed = Message.objects.filter(pk__in=message_ids, state=Message.State.FAILED)
    return failed.update(state=Message.State.QUEUED, attempts=0, due_at=at, reason="")


def send_test(*, program: Program, occasion: str, language: str, to: str, by, at: datetime) -> None:
    """Send an example with made-up figures. No message is recorded. Raises CannotSend."""
    letter = samples.letter(program, occasion, language, at, queries.setting(program, occasion))
    email = letters.addressed(letter, program=program, to=to, unsubscribe_url=address(NOBODY))
    try:
        email.send()
    except (SMTPException, OSError) as error:
        raise CannotSend(_("The mail server did not take it: %(error)s") % {"error": error}) from error
