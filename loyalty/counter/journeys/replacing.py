"""A card was lost, stolen or is broken: it names nobody any more, and the member gets another.

A block is for good, so that this is not undone: the old card that turns up again is thrown away.
"""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from loyalty.counter.cards import hand_over, printed_card
from loyalty.counter.forms import JourneyForm, ScannedField
from loyalty.counter.journey import Ask, Done, Journey
from members.models import Card
from members.operations import replace_card

REASONS = [
    ("lost", gettext_lazy("Lost")),
    ("stolen", gettext_lazy("Stolen")),
    ("broken", gettext_lazy("Broken")),
]


class CardForm(JourneyForm):
    old = forms.ModelChoiceField(
        Card.objects.none(),
        label=gettext_lazy("Card that is blocked"),
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=REASONS, widget=forms.RadioSelect, initial="lost")
    card = ScannedField(
        label=gettext_lazy("New card"),
        required=False,
        help_text=gettext_lazy("Scan it, or leave it empty: the card is then on the phone or on the receipt."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        mine = self.member.cards.active().filter(program=self.till.program).order_by("-activated_at", "-pk")
        old = self.fields["old"]
        old.queryset, old.initial = mine, mine.first()
        old.required = bool(old.initial)
        if not old.required:  # blocked before by somebody else: only handed over
            del self.fields["old"], self.fields["reason"]


@dataclass(frozen=True, slots=True)
class Replacing(Journey):
    def perform(self, ask: Ask) -> Done:
        till, data, old = ask.till, ask.data, ask.data.get("old")
        by_whom = {"at": ask.at, "by": till.user}
        if old is None:
            new = hand_over(program=till.program, member=ask.member, typed=data["card"], **by_whom)
        else:
            printed = printed_card(till.program, data["card"])
            reason = str(dict(REASONS)[data["reason"]])
            new = replace_card(card=old, reason=reason, with_card=printed, **by_whom)
        return Done({"old": old.number if old else "", "card": new.number}, reference=new.number)


CARD = Replacing(
    "card",
    gettext_lazy("Replace the card"),
    CardForm,
    can_be_undone=False,
    tab=pgettext_lazy("tab", "Replace card"),
    icon="▭",
)
