"""A new subscription at the till: paid, numbered, and given back whole within the time to undo."""

import pytest
from django.utils import timezone

from loyalty.counter.models import CounterAction
from loyalty.subscriptions.models import Charge, Subscription
from tests.factories.counter import key_of, text_of
from tests.factories.subscriptions import add_plan

pytestmark = pytest.mark.django_db


def test_a_subscription_is_sold_and_paid_with_one_confirm(till, ana, program, plus):
    page = till.at(ana, "subscribe")
    assert "Plan plus: €10.00 each month, the first payment now." in text_of(page)

    receipt = text_of(till.do("subscribe", ana, key=key_of(page), plan=plus.pk))

    charge = Charge.objects.get()
    assert "Paid: €10.00" in receipt
    assert f"Number of the payment {charge.receipt_number}" in receipt
    assert (charge.state, charge.store, charge.taken_by) == ("paid", till.store, till.user)
    assert charge.subscription.state == "active"
    assert "recorded already" in text_of(till.do("subscribe", ana, key=key_of(page), plan=plus.pk))
    assert "/subscribe/" not in till.at(ana).content.decode()
    assert "has a subscription already" in text_of(till.do("subscribe", ana, plan=plus.pk))
    assert Subscription.objects.count() == 1


def test_undone_the_money_goes_back_and_it_can_be_sold_again(till, ana, plus):
    till.do("subscribe", ana, plan=plus.pk)

    assert "Undone." in text_of(till.undo())

    charge = Charge.objects.get()
    assert (charge.state, charge.refunded) == ("refunded", 1000)
    assert charge.subscription.state == "cancelled"
    assert "Paid: €10.00" in text_of(till.do("subscribe", ana, plan=plus.pk))


def test_who_never_had_a_trial_begins_with_it_and_pays_nothing(till, ana, program):
    trial = add_plan(program, "trial", trial_days=14)
    assert "free until" in text_of(till.at(ana, "subscribe"))

    assert "Free until" in text_of(till.do("subscribe", ana, plan=trial.pk))
    assert not Charge.objects.exists()
    till.undo()

    assert Subscription.objects.get().state == "cancelled"
    assert "the first payment now" in text_of(till.at(ana, "subscribe"))


def test_without_a_plan_on_offer_nothing_is_sold(till, ana, program, plus):
    plus.is_active = False
    plus.save()

    assert "/subscribe/" not in till.at(ana).content.decode()
    assert "Select a valid choice" in text_of(till.do("subscribe", ana, plan=plus.pk))


def test_nobody_sells_to_themselves(till, ana, plus):
    till.user.email = ana.email
    till.user.save()

    assert "You cannot serve yourself" in text_of(till.do("subscribe", ana, plan=plus.pk))
    assert not Subscription.objects.exists()
    assert not CounterAction.objects.filter(at__lte=timezone.now()).exists()
