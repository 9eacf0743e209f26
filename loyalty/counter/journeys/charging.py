"""The member pays what their subscription owes. The money is in the till: it is given back by a refund of the charge,
which a manager makes, and not by an undo that would leave the period paid for.
"""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from loyalty.counter.forms import JourneyForm
from loyalty.counter.journey import Ask, Done, Journey
from loyalty.lib.money import money_text
from loyalty.subscriptions.models import Charge
from loyalty.subscriptions.operations import take_payment
from loyalty.subscriptions.queries import open_charges
from loyalty.subscriptions.sentences import period


class ChargeForm(JourneyForm):
    charge = forms.ModelChoiceField(
        Charge.objects.none(), label=gettext_lazy("To pay"), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["charge"]
        field.queryset = open_charges(program=self.till.program, member_id=self.member.pk)
        field.initial = field.queryset.first()
        field.label_from_instance = owed


def owed(charge: Charge) -> str:
    amount = money_text(charge.amount, charge.currency)
    return f"{amount} · {charge.plan} · {period(charge.period_start, charge.period_end)}"


@dataclass(frozen=True, slots=True)
class Charging(Journey):
    def needs(self, till, member):
        return open_charges(program=till.program, member_id=member.pk)

    def perform(self, ask: Ask) -> Done:
        till = ask.till
        paid = take_payment(charge=ask.data["charge"], store=till.store, at=ask.at, by=till.user)
        plan = paid.plan
        outcome = {
            "plan": {"fr": plan.name_fr, "en": plan.name_en},
            "amount": paid.amount,
            "currency": paid.currency,
            "first": paid.period_start.isoformat(),
            "end": paid.period_end.isoformat(),
            "number": paid.receipt_number,
        }
        return Done(outcome, reference=str(paid.pk))


CHARGE = Charging(
    *("charge", gettext_lazy("Take a subscription’s payment"), ChargeForm),
    can_be_undone=False,
    tab=pgettext_lazy("tab", "Take payment"),
    icon="⟳",
)
