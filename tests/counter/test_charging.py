"""A subscription's payment taken at the till, once."""

import pytest
from django.utils import timezone

from loyalty.counter.models import CounterAction
from loyalty.subscriptions.models import Charge
from members.operations import block_member
from tests.factories.counter import key_of, text_of
from tests.factories.subscriptions import subscribe

pytestmark = pytest.mark.django_db


def test_what_is_owed_is_paid_once_with_its_store_and_the_subscription_begins(till, ana, bruno, program, plus):
    assert "/charge/" not in till.at(ana).content.decode()
    subscribe(program, ana, plus, timezone.now(), gateway="manual")
    charge = Charge.objects.get()
    page = till.at(ana, "charge")
    assert "€10.00 · Plan plus" in text_of(page)
    assert "Select a valid choice" in text_of(till.do("charge", bruno, charge=charge.pk))

    receipt = text_of(till.do("charge", ana, key=key_of(page), charge=charge.pk))

    assert "Paid: €10.00" in receipt
    assert "Plan Plan plus" in receipt
    assert "Undo" not in receipt
    assert "recorded already" in text_of(till.do("charge", ana, key=key_of(page), charge=charge.pk))
    assert "Select a valid choice" in text_of(till.do("charge", ana, charge=charge.pk))
    charge.refresh_from_db()
    assert (charge.state, charge.store, charge.taken_by) == ("paid", till.store, till.user)
    assert charge.subscription.state == "active"
    assert CounterAction.objects.get().reference == str(charge.pk)


def test_neither_ones_own_nor_a_blocked_members_payment_is_taken(till, ana, program, plus):
    subscribe(program, ana, plus, timezone.now(), gateway="manual")
    charge = Charge.objects.get()
    till.user.email = ana.email
    till.user.save()

    assert "You cannot serve yourself" in text_of(till.do("charge", ana, charge=charge.pk))
    block_member(member=ana, reason="x", at=timezone.now(), by=None)
    assert "This membership is blocked" in text_of(till.do("charge", ana, charge=charge.pk))
    charge.refresh_from_db()
    assert charge.state == "pending"
