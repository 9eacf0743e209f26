"""Subscriptions paid through Stripe, on a server of the test's own that answers as Stripe's documentation says."""

import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from loyalty.subscriptions import operations
from loyalty.subscriptions.gateways import GatewayUnavailable
from loyalty.subscriptions.models import Charge, ChargeRefund, Subscription
from loyalty.subscriptions.operations import PaymentDeclined
from tests.factories.subscriptions import subscribe
from tests.subscriptions.stripe_server import stripe_server

pytest.importorskip("stripe", reason="needs the extra stripe")
pytestmark = pytest.mark.django_db
SECRET = "whsec_test"
ADDRESS = "/payments/stripe/notices/"


@pytest.fixture
def stripe(settings):
    with stripe_server() as stripe:
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_1", SECRET
        settings.STRIPE_API_URL = stripe.address
        yield stripe


@pytest.fixture
def join(program, ana, plus, stripe):
    def join(card="pm_ok", days_ago=0):
        at = timezone.now() - timedelta(days=days_ago)
        return subscribe(program, ana, plus, at, gateway="stripe", customer="cus_1", payment_method=card)

    return join


def use_card(subscription, card):
    Subscription.objects.filter(pk=subscription.pk).update(payment_method=card)


def renew(subscription, at=None):
    return operations.renew(subscription=subscription, at=at or timezone.now())


def last_charge():
    return Charge.objects.latest("pk")


def test_the_saved_card_is_charged(join, stripe):
    assert join().state == "active"
    assert stripe.taken == 1000
    assert (last_charge().reference, stripe.intents["pi_1"]["currency"]) == ("pi_1", "eur")


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        ("pm_declined", "insufficient_funds"),
        ("pm_authentication", "authentication_required"),
        ("pm_unheard_of", "resource_missing"),
        ("", "no_payment_method"),
    ],
)
def test_a_card_that_is_refused_says_why(join, stripe, card, problem):
    with pytest.raises(PaymentDeclined):
        join(card)
    assert last_charge().problem == problem
    assert stripe.taken == 0


def test_attempts_at_one_charge_are_one_payment_intent(join, stripe):
    subscription = join(days_ago=40)
    use_card(subscription, "pm_declined")
    renew(subscription)
    use_card(subscription, "pm_ok")
    operations.retry(subscription=subscription, at=timezone.now())
    assert [attempt.state for attempt in last_charge().tries.order_by("number")] == ["declined", "paid"]
    assert (len(stripe.intents), stripe.taken) == (2, 2000)


@pytest.mark.parametrize("is_next_day", [False, True])
def test_money_taken_without_an_answer_is_found_and_not_taken_again(join, stripe, is_next_day):
    subscription = join(days_ago=40)
    stripe.silent = True
    with pytest.raises(GatewayUnavailable):
        renew(subscription)
    assert last_charge().state == "pending"
    stripe.silent = False
    if is_next_day:
        stripe.forget_keys()
        renew_as_if_asked_yesterday(subscription)
    else:
        renew(subscription)
    assert last_charge().state == "paid"
    assert stripe.taken == 2000


def renew_as_if_asked_yesterday(subscription):
    """The clock on the wall has gone on; what was written down yesterday stands."""
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        renew(subscription)


def test_a_server_in_trouble_decides_nothing(join, stripe):
    subscription = join(days_ago=40)
    stripe.broken = True
    with pytest.raises(GatewayUnavailable):
        renew(subscription)
    stripe.broken = False
    subscription.refresh_from_db()
    assert (subscription.state, last_charge().state) == ("active", "pending")
    renew(subscription)
    assert last_charge().state == "paid"


def test_a_payment_under_way_is_asked_about_and_paid_once(join, stripe):
    subscription = join(days_ago=40)
    use_card(subscription, "pm_processing")
    assert renew(subscription).state == "past_due"
    stripe.intents["pi_2"]["status"] = "succeeded"
    operations.retry(subscription=subscription, at=timezone.now())
    assert last_charge().state == "paid"
    assert stripe.taken == 2000


def test_an_intent_given_up_at_stripe_is_made_anew(join, stripe):
    subscription = join(days_ago=40)
    use_card(subscription, "pm_declined")
    renew(subscription)
    stripe.intents["pi_2"]["status"] = "canceled"
    use_card(subscription, "pm_ok")
    operations.retry(subscription=subscription, at=timezone.now())
    assert (last_charge().state, last_charge().reference) == ("paid", "pi_3")


def test_money_goes_back_once(join, stripe, program):
    charge = join().charges.get()
    stripe.silent = True
    with pytest.raises(GatewayUnavailable):
        operations.refund_charge(charge=charge, share="full", reason="asked", at=timezone.now())
    stripe.silent = False
    operations.settle_refunds(program=program, at=timezone.now())
    assert ChargeRefund.objects.get().state == "done"
    assert [refund["amount"] for refund in stripe.refunds.values()] == [1000]


# Notices


def event(kind, intent="pi_1", number="evt_1"):
    return json.dumps(
        {"id": number, "object": "event", "type": kind, "data": {"object": {"id": intent, "object": "payment_intent"}}}
    )


def post(client, body, *, secret=SECRET, at=None):
    stamp = int(at or time.time())
    signature = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={stamp},v1={signature}"}
    return client.post(ADDRESS, body, content_type="application/json", headers=headers).status_code


@pytest.fixture
def processing(join):
    return join("pm_processing")


def test_a_notice_tells_that_a_payment_has_come(client, stripe, processing):
    stripe.intents["pi_1"]["status"] = "succeeded"
    assert post(client, event("payment_intent.succeeded")) == 204
    processing.refresh_from_db()
    assert processing.state == "active"
    assert post(client, event("payment_intent.succeeded")) == 204
    assert last_charge().receipt_number == 1


def test_a_notice_that_comes_late_does_not_undo_what_came_after(client, stripe, processing):
    assert post(client, event("payment_intent.payment_failed")) == 204
    processing.refresh_from_db()
    assert (processing.state, last_charge().state) == ("past_due", "pending")


def test_what_the_member_pays_in_the_web_shop_after_a_refusal_counts(client, join, stripe):
    subscription = join(days_ago=40)
    use_card(subscription, "pm_authentication")
    assert renew(subscription).state == "past_due"
    stripe.intents["pi_2"]["status"] = "succeeded"
    assert post(client, event("payment_intent.succeeded", "pi_2")) == 204
    subscription.refresh_from_db()
    assert subscription.state == "active"


def test_other_events_are_noted_and_no_more(client, stripe, processing):
    assert post(client, event("customer.created")) == 204
    assert last_charge().state == "pending"


def test_what_stripe_did_not_sign_is_refused(client, stripe, processing):
    assert post(client, event("payment_intent.succeeded"), secret="whsec_other") == 400
    assert post(client, event("payment_intent.succeeded"), at=time.time() - 3600) == 400
    assert post(client, "not an event") == 400
    assert post(client, "[]") == 400
    assert client.post(ADDRESS, b"{}", content_type="application/json").status_code == 400
    nonsense = {"Stripe-Signature": "t=1,v1=é"}
    assert client.post(ADDRESS, b"\xff", content_type="application/json", headers=nonsense).status_code == 400


def test_when_stripe_cannot_be_asked_it_is_to_deliver_again(client, stripe, processing):
    stripe.broken = True
    assert post(client, event("payment_intent.succeeded")) == 503
