"""One confirmed form, one action: performed once, kept with what the receipt shows, undone within its time."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.counter.errors import CounterRefused, SupervisorNeeded
from loyalty.counter.journey import Ask, Journey
from loyalty.counter.models import CounterAction, CounterLimits, Device
from loyalty.counter.operations.conflicts import settle
from loyalty.counter.queries import is_own, limits_of
from loyalty.lib.periods import local_date
from members.models import Member


class Acted(NamedTuple):
    """`replayed`: the form was sent before; `differs`: with other content, which was not recorded."""

    action: CounterAction
    replayed: bool = False
    differs: bool = False


@transaction.atomic
def act(*, journey: Journey, ask: Ask, supervisor=None, sent_by=None) -> Acted:
    """Perform what the form asks for, once for its key, and keep the action with its outcome.

    `sent_by` is whoever sends a form that a till had kept. A conflict of the same key is then settled.

    Raises `CounterRefused`, `SupervisorNeeded`, or what the journey's own rooms refuse; then nothing is kept.
    """
    till = ask.till
    Device.objects.select_for_update().get(pk=till.device.pk)  # a till does one thing at a time
    if earlier := earlier_action(till=till, key=ask.key, digest=ask.digest):
        return earlier
    _check_not_own(till, ask.member, ask.at)
    if supervisor is None and (reason := journey.above_limit(ask)):
        raise SupervisorNeeded(reason)
    done = journey.perform(ask)
    _check_not_own(till, done.member, ask.at)  # whom it was for may be known only now
    action = CounterAction.objects.create(
        key=ask.key,
        program=till.program,
        store=till.store,
        device=till.device,
        clerk=till.user,
        supervisor=supervisor,
        journey=journey.code,
        member=done.member or ask.member,
        receipt=done.receipt,
        by_hand=done.by_hand,
        digest=ask.digest,
        outcome=done.outcome,
        source=done.source,
        reference=done.reference,
        day=local_date(ask.confirmed_at, till.store.tzinfo),
        at=ask.confirmed_at,
        arrived_at=ask.at if sent_by else None,
        sent_by=sent_by,
    )
    settle(key=ask.key, at=ask.at, by=till.user)
    return Acted(action)


@transaction.atomic
def undo(*, journey: Journey, action: CounterAction, at: datetime, by) -> CounterAction:
    """Take the action back, whole, while its time lasts. Twice changes nothing. Raises as `act` does."""
    action = CounterAction.objects.select_for_update().get(pk=action.pk)
    if action.undone_at:
        return action
    if not journey.can_be_undone or at > undo_until(action):
        raise CounterRefused("too_late", _("It is too late to undo this here; make a refund instead."))
    journey.undo(action, at=at, by=by)
    action.undone_at, action.undone_by = at, by
    action.save(update_fields=["undone_at", "undone_by"])
    return action


def undo_until(action: CounterAction, limits: CounterLimits | None = None) -> datetime:
    recorded_at = action.arrived_at or action.at
    return recorded_at + timedelta(seconds=(limits or limits_of(action.store)).undo_seconds)


def earlier_action(*, till, key: UUID, digest: str) -> Acted | None:
    """What the same form did when it was sent before. Raises `CounterRefused` where that was in another store."""
    earlier = CounterAction.objects.filter(key=key).first()
    if earlier is None:
        return None
    if earlier.store_id != till.store.pk:
        raise CounterRefused("key_of_another_store", _("This form was sent in another store."))
    return Acted(earlier, replayed=True, differs=earlier.digest != digest)


def _check_not_own(till, member: Member | None, at: datetime) -> None:
    if member and is_own(till.user, program=till.program, member_id=member.pk, at=at):
        raise CounterRefused("own_account", _("You cannot serve yourself or your household: ask a colleague."))
