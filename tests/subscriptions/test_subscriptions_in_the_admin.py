"""Support subscribes, cancels, pauses, changes and refunds; each page says what it costs before it is done."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty.subscriptions import operations, queries
from loyalty.subscriptions.gateways import fake
from loyalty.subscriptions.models import Charge, Subscription
from tests.factories.subscriptions import add_plan, subscribe

pytestmark = pytest.mark.django_db
SUBSCRIBE = "/admin/subscriptions/subscription/subscribe/"


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def page_of(row):
    return reverse(f"admin:subscriptions_{row._meta.model_name}_change", args=[row.pk])


def verb(row, name):
    return f"/admin/subscriptions/{row._meta.model_name}/{row.pk}/{name}/"


@pytest.fixture
def support(as_role):
    return as_role("support")


@pytest.fixture
def subscription(program, ana, plus):
    return subscribe(program, ana, plus, timezone.now())


@pytest.fixture
def charge(subscription):
    return subscription.charges.get()


def wish(plan, member, **more):
    return {"plan": plan.pk, "member": member.email, "gateway": "fake", **more}


def test_what_a_subscription_costs_is_said_before_it_is_made(support, ana, plus):
    shown = support.post(SUBSCRIBE, wish(plus, ana))
    assert "€10.00 each month, the first payment now" in text(shown)
    assert not Subscription.objects.exists()
    seen = shown.context["form"]["seen"].value()
    page = support.post(SUBSCRIBE, wish(plus, ana, seen=seen), follow=True)
    assert "Subscribed until" in text(page)
    assert Subscription.objects.get().state == "active"


def test_a_trial_is_announced_to_who_has_never_had_one(support, ana, prime):
    assert "free until" in text(support.post(SUBSCRIBE, wish(prime, ana)))


def test_who_is_not_found_or_declined_is_told_at_the_form(support, ana, plus):
    stranger = support.post(SUBSCRIBE, {"plan": plus.pk, "member": "nobody", "gateway": "fake"})
    assert "No member is known" in str(stranger.context["form"].errors["member"])
    fake.script(member_id=ana.pk, results=["declined"])
    seen = support.post(SUBSCRIBE, wish(plus, ana)).context["form"]["seen"].value()
    assert "was declined" in text(support.post(SUBSCRIBE, wish(plus, ana, seen=seen)))


def test_the_page_says_what_comes_next(support, subscription):
    page = text(support.get(page_of(subscription)))
    assert "€10.00 are collected on" in page
    assert "paid up" in page


def test_cancelling_shows_what_goes_back_each_way(support, subscription):
    page = text(support.get(verb(subscription, "cancel")))
    assert "now, and all €10.00 go back" in page
    support.post(verb(subscription, "cancel"), {"way": "full", "reason": "moved"})
    subscription.refresh_from_db()
    assert (subscription.state, subscription.cancelled_reason) == ("cancelled", "moved")
    assert Charge.objects.get().refunded == 1000


def test_cancelled_with_the_period_and_taken_back(support, subscription):
    support.post(verb(subscription, "cancel"), {"way": "later", "reason": "moved"})
    subscription.refresh_from_db()
    assert subscription.ends_with_period
    assert "It ends on" in text(support.get(page_of(subscription)))
    support.post(verb(subscription, "keep"))
    subscription.refresh_from_db()
    assert not subscription.ends_with_period


def test_paused_and_resumed(support, subscription):
    assert "paid days are kept" in text(support.get(verb(subscription, "pause")))
    support.post(verb(subscription, "pause"), {"until": ""})
    subscription.refresh_from_db()
    assert subscription.state == "paused"
    support.post(verb(subscription, "resume"))
    subscription.refresh_from_db()
    assert subscription.state == "active"


def test_a_pause_into_the_past_is_refused_on_the_form(support, subscription):
    response = support.post(verb(subscription, "pause"), {"until": "2020-01-01"})
    assert "later day" in text(response)


def test_a_change_of_plan_says_what_is_due_now(support, program, subscription):
    gold = add_plan(program, "gold", price=5000)
    add_plan(program, "cheap", price=100)
    page = text(support.get(verb(subscription, "plan")))
    assert "Plan gold at once: €40.00 now (€50.00 less €10.00 for the days that are left)" in page
    assert "Plan cheap at once" not in page
    assert "Plan cheap from" in page
    support.post(verb(subscription, "plan"), {"way": f"now-{gold.pk}"})
    subscription.refresh_from_db()
    assert subscription.plan == gold


def test_a_refund_by_days_or_whole(support, charge):
    page = text(support.get(verb(charge, "refund")))
    assert "€10.00, for the days that are left" in page
    support.post(verb(charge, "refund"), {"way": "full", "reason": "angry"})
    charge.refresh_from_db()
    assert charge.state == "refunded"
    assert "angry" in text(support.get(page_of(charge)))
    assert support.get(verb(charge, "refund")).status_code == 403


def test_a_payment_is_taken_and_its_receipt_printed(as_role, program, store, ana, plus):
    ana.enrolments.update(store=store)
    subscribe(program, ana, plus, timezone.now(), gateway="manual")
    manager = as_role("store manager", stores=[store])
    (charge,) = queries.open_charges(program=program, member_id=ana.pk)
    assert "The member pays €10.00 at the till" in text(manager.get(verb(charge, "take")))
    assert manager.get(verb(charge, "receipt")).status_code == 403
    manager.post(verb(charge, "take"), {"store": store.pk})
    charge.refresh_from_db()
    assert (charge.state, charge.store, charge.taken_by) == ("paid", store, manager.user)
    receipt = text(manager.get(verb(charge, "receipt")))
    assert "Receipt 1" in receipt
    assert "€10.00" in receipt
    assert "Lyon Part-Dieu" in receipt


def test_a_store_manager_sees_the_members_of_the_own_store_alone(as_role, store, subscription, charge):
    manager = as_role("store manager", stores=[store])
    for row in (subscription, charge):
        assert manager.get(page_of(row)).status_code == 302
    assert manager.post(verb(charge, "refund"), {"way": "full", "reason": "x"}).status_code == 404
    charge.refresh_from_db()
    assert charge.refunded == 0


def test_finance_gives_money_back_and_cancels_nothing(as_role, subscription, charge):
    finance = as_role("finance")
    assert finance.get(verb(subscription, "cancel")).status_code == 403
    finance.post(verb(charge, "refund"), {"way": "full", "reason": "law"})
    charge.refresh_from_db()
    assert charge.refunded == 1000


def test_a_declined_payment_says_why_and_is_asked_for_again(support, program, ana, plus):
    subscription = subscribe(program, ana, plus, timezone.now() - timedelta(days=40))
    fake.script(member_id=ana.pk, results=["declined", "ok"])
    operations.renew(subscription=subscription, at=timezone.now() - timedelta(days=5))
    due = Charge.objects.get(state="failed")
    assert "the card was declined" in text(support.get(page_of(due)))
    support.post(verb(subscription, "retry"))
    due.refresh_from_db()
    assert due.state == "paid"


def test_the_members_page_shows_the_plan(support, ana, subscription):
    page = text(support.get(reverse("admin:members_member_overview", args=[ana.pk])))
    assert "Plan plus" in page
    assert "are collected on" in page


@pytest.mark.parametrize("table", ["subscription", "charge", "chargerefund", "gatewaynotice"])
def test_what_explains_money_is_neither_added_nor_deleted_by_hand(client, administrator, charge, table):
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/admin/subscriptions/{table}/add/").status_code == 403
    for row in (charge, charge.subscription):
        assert client.post(f"{page_of(row)[:-7]}delete/", {"post": "yes"}).status_code == 403
