"""A stamp by hand on one of the member's cards."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from loyalty.counter.forms import CountField, JourneyForm
from loyalty.counter.journey import Ask, Done, Journey
from loyalty.counter.models import CounterAction
from loyalty.counter.queries import given_by_hand
from loyalty.punchcards.models import Punch, PunchCardProgram
from loyalty.punchcards.operations import stamp_by_hand, undo_stamp

MOST = 20


class StampForm(JourneyForm):
    card = forms.ModelChoiceField(PunchCardProgram.objects.none(), label=gettext_lazy("Card"), empty_label=None)
    count = CountField(label=gettext_lazy("How many stamps"), most=MOST, initial="1")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["card"].queryset = PunchCardProgram.objects.filter(program=self.till.program, is_active=True)
        self.fields["card"].label_from_instance = lambda card: card.name


@dataclass(frozen=True, slots=True)
class Stamping(Journey):
    def needs(self, till, member):
        return PunchCardProgram.objects.filter(program=till.program, is_active=True)

    def above_limit(self, ask: Ask) -> str:
        till = ask.till
        given = given_by_hand(clerk=till.user, store=till.store, journey=self.code, at=ask.confirmed_at)
        if given + ask.data["count"] <= till.limits.stamps_per_day:
            return ""
        return _("This is more than you may stamp by hand today: a supervisor confirms it.")

    def perform(self, ask: Ask) -> Done:
        card, count = ask.data["card"], ask.data["count"]
        outcome = stamp_by_hand(
            card_program=card,
            member_id=ask.member_id,
            count=count,
            reason=_("At the counter"),
            key=str(ask.key),
            occurred_at=ask.confirmed_at,
            at=ask.at,
            by=ask.till.user,
        )
        return Done({"card": card.code, "outcomes": [outcome]}, reference=str(ask.key), by_hand=count)

    def undo(self, action: CounterAction, *, at: datetime, by) -> None:
        punch = Punch.objects.get(program=action.program, key=action.reference)
        undo_stamp(punch=punch, reason=_("Undone at the counter."), at=at, by=by)


STAMP = Stamping(
    "stamp", gettext_lazy("Stamp a card"), StampForm, tab=pgettext_lazy("tab", "Stamp"), icon="●", can_wait=True
)
