"""What staff do with a delivery that could not be worked off by itself."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.connectors.models import Received
from loyalty.connectors.operations.working import work_off
from members.models import Member

State = Received.State


class CannotSettle(Exception):
    """The delivery's state does not allow it; the message is translated."""

    code = "received_state"


def try_again(*, received: Received, by, at: datetime) -> Received:
    """Once more, as it came in."""
    _reopen(received, by, at)
    return _worked_off(received, at)


def give_to(*, received: Received, member: Member, by, at: datetime) -> Received:
    """A guest's order, claimed: what the delivery tells of was done by this member."""
    _reopen(received, by, at, member=member)
    return _worked_off(received, at)


@transaction.atomic
def pass_over(*, received: Received, by, at: datetime) -> Received:
    """Nothing comes of it, and its content goes."""
    row = Received.objects.select_for_update().get(pk=received.pk)
    if row.state not in (State.WAITING, State.REFUSED):
        raise CannotSettle(_("Only what waits or was refused can be passed over."))
    row.state, row.code, row.body, row.by = State.PASSED, "passed_by_staff", "", by
    row.due_at, row.settled_at = None, at
    row.save()
    return row


@transaction.atomic
def _reopen(received: Received, by, at: datetime, **values) -> None:
    row = Received.objects.select_for_update().get(pk=received.pk)
    if row.state not in (State.WAITING, State.REFUSED, State.RECEIVED) or not row.body:
        raise CannotSettle(_("Only what waits or was refused, and whose content is still there, can be tried again."))
    opened = {"state": State.RECEIVED, "code": "", "detail": "", "by": by, "due_at": at, "settled_at": None}
    for name, value in (opened | values).items():
        setattr(row, name, value)
    row.attempts = 0
    row.save()


def _worked_off(received: Received, at: datetime) -> Received:
    work_off(received_id=received.pk, at=at)
    received.refresh_from_db()
    return received
