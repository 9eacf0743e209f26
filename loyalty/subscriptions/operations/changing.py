"""Another plan, from the next period on or at once.

At once means: the period that is running ends today, another begins, and what the unused days of the old one are worth
pays a part of it. So only a dearer remainder can be had at once; to a cheaper plan a member changes with the period,
because nobody is given money back for changing. During a free trial a change costs nothing and the trial stays as long
as it was.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.lib.money import money_text
from loyalty.subscriptions import rules
from loyalty.subscriptions.models import Attempt, Charge, Plan, Subscription
from loyalty.subscriptions.operations.benefits import open_benefits
from loyalty.subscriptions.operations.charging import collect, open_attempt, open_charge
from loyalty.subscriptions.operations.errors import PaymentDeclined, SubscriptionRefused
from loyalty.subscriptions.operations.refunding import unused_worth
from loyalty.subscriptions.operations.saving import held_live, save, tell, today
from loyalty.subscriptions.operations.subscribing import check_on_offer, price_of


def change_plan(*, subscription: Subscription, plan: Plan, at: datetime, by=None, now: bool = False) -> Subscription:
    """Another plan with the next period; `now` at once, for the difference. At today's price of that plan.

    Raises `SubscriptionRefused`, and `PaymentDeclined` where the difference was not paid: then nothing has changed.
    """
    with transaction.atomic():
        subscription = held_live(subscription.pk)
        price = _price(subscription, plan)
        attempt = _change_now(subscription, plan, price, at, by) if now else None
        if not now:
            subscription.next_plan, subscription.next_price = plan, price
            save(subscription, at=at, by=by)
            tell(subscription, "subscription.plan_chosen", at, next_plan=plan.code)
    if attempt is None:
        return subscription
    changed = collect(attempt.pk, at=at, by=by)
    if Charge.objects.get(pk=attempt.charge_id).state == Charge.State.FAILED:
        raise PaymentDeclined(_("The payment was declined: the plan stays as it was."), "payment_declined")
    return changed


def price_of_change(subscription: Subscription, plan: Plan, at: datetime) -> tuple[int, int]:
    """The price of a period of that plan, and what the unused days of today's pay of it.

    Raises `SubscriptionRefused` where the change cannot happen at once.
    """
    price = _price(subscription, plan)
    charge, credit = _credit(subscription, at)
    if charge is not None and credit > price:
        sentence = _(
            "What is left of the present period, %(credit)s, is worth more than a period of that plan: change with the "
            "next period instead."
        )
        raise SubscriptionRefused(sentence % {"credit": money_text(credit, subscription.currency)}, "worth_more")
    return price, credit


def _price(subscription: Subscription, plan: Plan) -> int:
    check_on_offer(subscription.program, plan)
    if plan.pk == subscription.plan_id:
        raise SubscriptionRefused(_("This is the plan that the member has: choose another one."), "same_plan")
    if subscription.state not in (Subscription.State.TRIALING, Subscription.State.ACTIVE):
        raise SubscriptionRefused(
            _("The plan can be changed during a trial or a paid period: see to the payment or the pause first."),
            "not_active",
        )
    if subscription.ends_with_period:
        raise SubscriptionRefused(
            _("This subscription ends with its period: take the cancellation back before changing its plan."), "ending"
        )
    return price_of(plan, subscription.currency)


def _change_now(subscription: Subscription, plan: Plan, price: int, at: datetime, by) -> Attempt | None:
    if subscription.state == Subscription.State.TRIALING:
        subscription.plan, subscription.price = plan, price
        subscription.next_plan = subscription.next_price = None
        save(subscription, at=at, by=by)
        open_benefits(subscription, at)
        tell(subscription, "subscription.plan_changed", at)
        return None
    day = today(subscription, at)
    if subscription.period_end <= day:
        raise SubscriptionRefused(_("The renewal is on its way: change the plan when it is paid."), "not_active")
    _price_again, credit = price_of_change(subscription, plan, at)
    charge = open_charge(
        subscription,
        plan=plan,
        price=price,
        start=day,
        end=rules.period_end(day, plan.every, day),
        at=at,
        credit=credit,
        credits=_current_charge(subscription),
    )
    if charge.is_paid:
        raise SubscriptionRefused(_("The member had this plan today already: change tomorrow."), "changed_today")
    return open_attempt(charge, at)


def _credit(subscription: Subscription, at: datetime) -> tuple[Charge | None, int]:
    """The charge of the period that is running, and what its unused days are worth."""
    charge = _current_charge(subscription)
    if charge is None:
        return None, 0
    return charge, min(unused_worth(charge, subscription, at), charge.price - charge.refunded - charge.credited)


def _current_charge(subscription: Subscription) -> Charge | None:
    paid = Charge.objects.paid().filter(subscription=subscription, plan=subscription.plan_id)
    return paid.filter(period_start=subscription.period_start).first()
