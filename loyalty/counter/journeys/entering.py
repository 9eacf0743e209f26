"""A code of a pack or a lid that the clerk enters for the member. It counts once."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from loyalty.challenges.models import CodeBatch
from loyalty.challenges.operations import check_code
from loyalty.counter.forms import JourneyForm, ScannedField
from loyalty.counter.journey import CHANNEL, SOURCE, Ask, Done
from loyalty.counter.journeys.recording import RecordingJourney
from loyalty.earning.models import Kind
from loyalty.earning.operations import ActivityInput, MemberRef, record_activity


class CodeForm(JourneyForm):
    code = ScannedField(label=gettext_lazy("Code"), max_length=60)

    def clean_code(self):
        """Asked before the action begins: a wrong code counts against guessing even though nothing comes of it."""
        code = self.cleaned_data["code"]
        whose = {"program": self.till.program, "member_id": self.member.pk}
        if refusal := check_code(**whose, code=code, at=self.till.now):
            self.add_error("code", refusal.message)
        return code


@dataclass(frozen=True, slots=True)
class EnteringACode(RecordingJourney):
    def needs(self, till, member):
        return CodeBatch.objects.filter(program=till.program)

    def perform(self, ask: Ask) -> Done:
        till = ask.till
        activity = ActivityInput(
            external_id=str(ask.key),
            member=MemberRef("id", str(ask.member_id)),
            kind=Kind.CODE.value,
            occurred_at=ask.at,
            store=till.store.code,
            channel=CHANNEL,
            code=ask.data["code"],
        )
        recorded = record_activity(program=till.program, source=SOURCE, activity=activity, at=ask.at, by=till.user)
        outcome = {"granted": recorded.granted, "also": recorded.also, "outcomes": recorded.outcomes}
        return Done(outcome, reference=str(ask.key))


CODE = EnteringACode("code", gettext_lazy("Enter a code"), CodeForm, icon="#")
