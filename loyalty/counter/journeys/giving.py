"""Points by hand, with the reason: a gesture for a member who waited, a purchase that a till forgot."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.counter.forms import CountField, JourneyForm, TextField
from loyalty.counter.journey import SOURCE, Ask, Done, Journey
from loyalty.counter.models import CounterAction
from loyalty.counter.queries import given_by_hand
from loyalty.ledger import operations as ledger
from loyalty.ledger import queries as ledger_queries
from loyalty.programs.expiry import ExpiryPolicy, expires_at


class GiveForm(JourneyForm):
    points = CountField(label=gettext_lazy("Points"), most=1_000_000)
    reason = TextField(
        label=gettext_lazy("Reason"),
        max_length=120,
        help_text=gettext_lazy("It is kept with your name, and managers read it."),
    )


@dataclass(frozen=True, slots=True)
class Giving(Journey):
    def above_limit(self, ask: Ask) -> str:
        till = ask.till
        given = given_by_hand(clerk=till.user, store=till.store, journey=self.code, at=ask.confirmed_at)
        if given + ask.data["points"] <= till.limits.points_per_day:
            return ""
        return _("This is more than you may give by hand today: a supervisor confirms it.")

    def perform(self, ask: Ask) -> Done:
        ledger.adjust(
            program=ask.till.program,
            member_id=ask.member_id,
            points=ask.data["points"],
            cause=ledger.Cause(SOURCE, str(ask.key)),
            at=ask.confirmed_at,
            by=ask.till.user,
            reason=ask.data["reason"],
            expires_at=expires_at(ExpiryPolicy.of(ask.till.program), ask.confirmed_at),
        )
        outcome = {"points": ask.data["points"], "reason": ask.data["reason"]}
        return Done(outcome, reference=str(ask.key), by_hand=ask.data["points"])

    def undo(self, action: CounterAction, *, at: datetime, by) -> None:
        done = [ledger.Cause(SOURCE, action.reference)]
        for entry in ledger_queries.entries_of(program=action.program, causes=done):
            cause = ledger.Cause(SOURCE, f"undo:{action.reference}")
            ledger.reverse(entry=entry, cause=cause, at=at, by=by, reason=_("Undone at the counter."))


GIVE = Giving("give", gettext_lazy("Give points"), GiveForm, icon="+", can_wait=True)
