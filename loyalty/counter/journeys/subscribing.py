"""A new subscription, its first period paid at the till; or the free trial of whoever never had one.

Undone, the money goes back from the till, all of it, and the subscription ends: a trial that was begun counts as had.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Exists
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from loyalty.counter.forms import JourneyForm
from loyalty.counter.journey import Ask, Done, Journey
from loyalty.counter.models import CounterAction
from loyalty.subscriptions.models import Charge, Plan, Subscription
from loyalty.subscriptions.operations import (
    Share,
    cancel,
    free_until,
    price_of,
    refund_charge,
    subscribe,
    take_payment,
)
from loyalty.subscriptions.queries import plans_on_offer
from loyalty.subscriptions.sentences import before_subscribing

AT_THE_TILL = "manual"


class SubscribeForm(JourneyForm):
    plan = forms.ModelChoiceField(
        Plan.objects.none(), label=gettext_lazy("Plan"), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        program, field = self.till.program, self.fields["plan"]
        field.queryset = plans_on_offer(program=program)
        field.initial = field.queryset.first()
        field.label_from_instance = lambda plan: before_subscribing(
            plan,
            amount=price_of(plan, program.money_currency),
            currency=program.money_currency,
            trial_until=free_until(plan, self.member.pk, self.till.now),
        )


@dataclass(frozen=True, slots=True)
class Subscribing(Journey):
    def needs(self, till, member):
        live = Subscription.objects.live().filter(program=till.program, member=member)
        return plans_on_offer(program=till.program).filter(~Exists(live))

    def perform(self, ask: Ask) -> Done:
        till, by_whom = ask.till, {"at": ask.at, "by": ask.till.user}
        plan = ask.data["plan"]
        subscription = subscribe(
            program=till.program, member_id=ask.member_id, plan=plan, gateway=AT_THE_TILL, **by_whom
        )
        charge = Charge.objects.filter(subscription=subscription).first()
        if charge and not charge.is_paid:
            charge = take_payment(charge=charge, store=till.store, **by_whom)
        outcome: dict[str, Any] = {
            "plan": {"fr": plan.name_fr, "en": plan.name_en},
            "amount": charge.amount if charge else 0,
            "currency": subscription.currency,
            "first": subscription.period_start.isoformat(),
            "end": subscription.period_end.isoformat(),
            "number": charge.receipt_number if charge else None,
        }
        return Done(outcome, reference=str(subscription.pk))

    def undo(self, action: CounterAction, *, at: datetime, by) -> None:
        reason = _("Undone at the counter.")
        paid = Charge.objects.paid().filter(subscription=action.reference, amount__gt=0)
        for charge in paid:
            refund_charge(charge=charge, share=Share.FULL, reason=reason, at=at, by=by)
        cancel(subscription=Subscription.objects.get(pk=action.reference), now=True, reason=reason, at=at, by=by)


SUBSCRIBE = Subscribing(
    "subscribe",
    gettext_lazy("Sell a subscription"),
    SubscribeForm,
    tab=pgettext_lazy("tab", "Sell subscription"),
    icon="♥",
)
