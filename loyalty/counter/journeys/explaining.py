"""“Why do I have this balance?”, answered on a page. Nothing is confirmed and no action comes of it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.counter.errors import CounterRefused
from loyalty.counter.forms import JourneyForm
from loyalty.counter.journey import Ask, Done, Journey
from loyalty.counter.moves import last_moves


@dataclass(frozen=True, slots=True)
class Explaining(Journey):
    def context(self, till, member, at):
        return {"moves": last_moves(program=till.program, member_id=member.pk)}

    def perform(self, ask: Ask) -> Done:
        raise CounterRefused("read_only", _("There is nothing to confirm here."))


WHY = Explaining("why", gettext_lazy("Why this balance?"), JourneyForm, can_be_undone=False, icon="?")
