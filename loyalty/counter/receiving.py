"""A form that a till had kept while it was without the server: recorded as of when it was confirmed, else a conflict.

It is recorded for the clerk, the store and the till of its ticket, whoever sends it. What is refused is held for the
store's manager, so that a till never has to keep it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

from django.contrib.auth import get_user_model
from django.http import QueryDict
from django.utils.translation import gettext as _

from loyalty.counter import tickets
from loyalty.counter.errors import CounterRefused
from loyalty.counter.finding import Found, named
from loyalty.counter.forms import plain
from loyalty.counter.journey import Ask, Journey, digest_of
from loyalty.counter.journeys import REFUSALS
from loyalty.counter.models import Conflict, CounterAction, Device
from loyalty.counter.operations import act, earlier_action, hold
from loyalty.counter.queries import limits_of
from loyalty.counter.till import SERVE, Till, works_in


@dataclass(frozen=True, slots=True)
class Slip:
    """What the till had kept: for `whom`, by their number or as it was typed, and the fields as they were filled in."""

    key: UUID
    journey: Journey
    whom: str
    fields: QueryDict
    confirmed_at: datetime
    ticket: str

    @property
    def digest(self) -> str:
        return digest_of(self.journey.code, self.whom, self.fields)

    @property
    def other_key(self) -> UUID:
        """For what came under a key that had been used for something else."""
        return uuid5(self.key, self.digest)


class Received(NamedTuple):
    """One of them."""

    action: CounterAction | None = None
    conflict: Conflict | None = None


def receive(*, slip: Slip, till: Till) -> Received:
    """`till` is the sender's. The same form again gets the same answer."""
    if held := Conflict.objects.filter(key__in=[slip.key, slip.other_key]).first():
        return Received(conflict=held)
    ticket = tickets.read(slip.ticket)
    ticket = ticket if ticket and ticket.key == slip.key else None
    then, found = _till_then(ticket, slip, till), Found("empty")
    try:
        if earlier := _earlier(slip, then):
            return Received(earlier)
        found = named(store=then.store, text=slip.whom)
        _check(ticket, then, till)
        return Received(_record(slip, then, found, till))
    except REFUSALS as refusal:
        is_used = CounterAction.objects.filter(key=slip.key).exists()
        conflict = hold(
            key=slip.other_key if is_used else slip.key,
            till=then,
            journey=slip.journey.code,
            member=found.member,
            typed={"whom": "" if found.member else slip.whom, "fields": _plain(slip.fields)},
            refusal=refusal,
            at=till.now,
            by=till.user,
        )
        return Received(conflict=conflict)


def _plain(fields: QueryDict) -> dict[str, list[str]]:
    return {plain(name): [plain(value) for value in values] for name, values in fields.lists()}


def _till_then(ticket: tickets.Ticket | None, slip: Slip, till: Till) -> Till:
    """Where and by whom it was confirmed, not before the form was shown and not in the future."""
    if ticket is None:
        return Till(till.user, till.device, till.store, till.program, till.limits, min(slip.confirmed_at, till.now))
    device = Device.objects.select_related("store__program").get(pk=ticket.device_id)
    clerk = get_user_model().objects.get(pk=ticket.clerk_id)
    at = min(max(slip.confirmed_at, ticket.drawn_at), till.now)
    return Till(clerk, device, device.store, device.store.program, limits_of(device.store), at)


def _earlier(slip: Slip, then: Till) -> CounterAction | None:
    earlier = earlier_action(till=then, key=slip.key, digest=slip.digest)
    if earlier and earlier.differs:
        raise CounterRefused("form_changed", _("This form was recorded before with other figures."))
    return earlier.action if earlier else None


def _check(ticket: tickets.Ticket | None, then: Till, till: Till) -> None:
    """Whether the clerk could still do it here, and whether it is not too long ago."""
    if ticket is None:
        raise CounterRefused("ticket_invalid", _("This form does not bear the mark of this shop."))
    if ticket.device_id != till.device.pk:
        raise CounterRefused("other_till", _("It was kept at another till, or the till changed its store since."))
    if not (then.user.is_active and then.user.has_perm(SERVE) and works_in(then.user, then.store)):
        gone = _("%(clerk)s does not serve in this store any more.")
        raise CounterRefused("clerk_gone", gone % {"clerk": then.user.get_full_name() or then.user.username})
    days = then.program.max_activity_age_days
    if ticket.drawn_at < till.now - timedelta(days=days):
        raise CounterRefused("too_old", _("A till keeps a form for %(days)d days; this one is older.") % {"days": days})


def _record(slip: Slip, then: Till, found: Found, till: Till) -> CounterAction:
    if found.kind != "member" or found.member is None:
        raise CounterRefused("member_refused", found.sentence)
    form = slip.journey.form_class(slip.fields, till=then, member=found.member)
    if not form.is_valid():
        raise CounterRefused("form_invalid", _first_error(form))
    ask = Ask(then, found.member, form.cleaned_data, slip.key, till.now, slip.digest)
    return act(journey=slip.journey, ask=ask, sent_by=till.user).action


def _first_error(form) -> str:
    (name, errors), *_rest = form.errors.items()
    return f"{form.fields[name].label}: {errors[0]}" if name in form.fields else errors[0]
