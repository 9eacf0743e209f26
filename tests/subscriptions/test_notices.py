"""A payment provider tells by itself what became of a payment: signed, once, and nothing else is listened to."""

import json
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from loyalty.subscriptions.gateways import fake
from loyalty.subscriptions.models import Charge, FakePayment, GatewayNotice
from tests.factories.subscriptions import subscribe

pytestmark = pytest.mark.django_db
ADDRESS = "/payments/fake/notices/"


@pytest.fixture
def delayed(program, ana, plus):
    """Ana's first payment, which the provider still thinks about."""
    fake.script(member_id=ana.pk, results=["delayed"])
    return subscribe(program, ana, plus, timezone.now())


def post(client, body, headers, address=ADDRESS):
    return client.post(address, body, content_type="application/json", headers=headers)


def decide(paid=True):
    return fake.settle(key=FakePayment.objects.get().key, paid=paid, at=timezone.now())


def state(subscription):
    subscription.refresh_from_db()
    return subscription.state


def test_a_payment_that_was_delayed_is_paid(client, delayed):
    assert state(delayed) == "past_due"
    assert post(client, *decide()).status_code == 204
    assert state(delayed) == "active"


def test_a_first_payment_that_was_delayed_and_declined_ends_it(client, delayed):
    post(client, *decide(paid=False))
    assert state(delayed) == "expired"


def test_the_same_notice_again_changes_nothing(client, delayed):
    notice = decide()
    for _ in range(3):
        assert post(client, *notice).status_code == 204
    assert Charge.objects.get().receipt_number == 1
    assert GatewayNotice.objects.get().result == "applied"


def test_no_cross_site_token_is_asked_for(delayed):
    from django.test import Client

    assert post(Client(enforce_csrf_checks=True), *decide()).status_code == 204


def test_another_signature_is_refused_without_a_word(client, delayed):
    body, headers = decide()
    forged = {fake.HEADER: headers[fake.HEADER][:-4] + "0000"}
    response = post(client, body, forged)
    assert (response.status_code, response.content) == (400, b"")
    assert state(delayed) == "past_due"


def test_a_signature_belongs_to_its_body(client, delayed):
    body, headers = decide()
    assert post(client, body + b" ", headers).status_code == 400


def test_an_old_notice_is_not_listened_to(client, delayed):
    payment = FakePayment.objects.get()
    notice = fake.notice(payment, at=timezone.now() - timedelta(hours=1))
    assert post(client, *notice).status_code == 400


@pytest.mark.parametrize("header", ["", "t=1", "t=now,v1=x", "t=²,v1=x", "v1=é,t=1", "=", "t=1,v1="])
def test_nonsense_in_the_header_is_refused(client, delayed, header):
    assert post(client, b"{}", {fake.HEADER: header}).status_code == 400


@pytest.mark.parametrize("body", [b"", b"\xff\x00", b"[]", b"{}", json.dumps({"id": 1}).encode()])
def test_nonsense_without_a_signature_is_refused(client, body):
    assert post(client, body, {}).status_code == 400


def test_a_notice_about_nothing_of_ours_is_noted_and_no_more(client, delayed):
    payment = FakePayment(key="somebody-elses", member_id=1, amount=1, currency="EUR", state="paid")
    assert post(client, *fake.notice(payment, at=timezone.now())).status_code == 204
    assert GatewayNotice.objects.get().result == "ignored"


def test_only_providers_are_listened_to_and_only_by_post(client):
    assert client.get(ADDRESS).status_code == 405
    assert post(client, b"", {}, "/payments/nobody/notices/").status_code == 404
    assert post(client, b"", {}, "/payments/manual/notices/").status_code == 400
    with override_settings(PRODUCTION=True):
        assert post(client, b"", {}).status_code == 404
