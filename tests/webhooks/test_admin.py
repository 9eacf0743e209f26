"""Staff make endpoints, see a secret once, send a test, look at examples, and send dead letters again."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from loyalty.webhooks.models import Delivery, Endpoint
from tests.factories.partners import PartnerMemberFactory
from tests.webhooks.conftest import NOW

pytestmark = pytest.mark.django_db
LIST = "/admin/webhooks/endpoint/"


@pytest.fixture
def alice(administrator):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_an_endpoint_is_made_its_secret_shown_once_and_tested(alice, hotel, listener):
    values = {"partner": hotel.pk, "name": "Hotel", "url": listener.url, "format": "standard", "kinds": "tier.changed"}
    made = alice.post(f"{LIST}add/", values, follow=True).content.decode()
    hooks = Endpoint.objects.get()
    assert hooks.secret in made.replace("&#x27;", "'")
    assert hooks.kinds == ["tier.changed"]
    page = f"{LIST}{hooks.pk}/"
    assert hooks.secret not in alice.get(f"{page}change/").content.decode()

    assert "answered with 200" in alice.get(f"{page}test/", follow=True).content.decode()
    assert listener.requests[0].json["type"] == "test"
    old = hooks.secret
    alice.post(f"{page}rotate/", {})
    hooks.refresh_from_db()
    assert hooks.secrets(NOW)[0] != old

    alice.post(f"{page}change/", values | {"name": "Renamed", "kinds": ""})
    hooks.refresh_from_db()
    assert (hooks.name, hooks.kinds, hooks.is_active) == ("Renamed", [], False)


def test_what_would_not_work_is_said(alice, hotel):
    def said(**values):
        given = {"name": "x", "url": "https://tool.example", "format": "standard", "kinds": ""} | values
        return alice.post(f"{LIST}add/", given).context["adminform"].form.errors

    assert "key" in said(format="segment")
    assert "kinds" in said(kinds="tier.lost")
    assert "url" in said(url="https://user@tool.example")
    assert said(format="segment", key="k", partner=hotel.pk)
    assert Endpoint.objects.count() == 0


def test_examples_of_every_kind_are_shown(alice):
    page = alice.get(f"{LIST}examples/").content.decode()

    assert "tier.changed" in page
    assert "&quot;type&quot;: &quot;voucher.used&quot;" in page


def test_dead_letters_are_sent_again_from_their_list(alice, program, ana, hotel, endpoint, happen, tell, listener):
    PartnerMemberFactory(partner=hotel, program=program, member=ana)
    endpoint(hotel)
    happen(ana)
    listener.answer = lambda request: 500
    tell()
    Delivery.objects.update(state="dead", due_at=None, settled_at=NOW)

    chosen = {"action": "send_again", "_selected_action": Delivery.objects.get().pk}
    alice.post("/admin/webhooks/delivery/", chosen)

    assert Delivery.objects.get().state == Delivery.State.WAITING


def test_the_database_keeps_the_rules(hotel, endpoint, happen, ana):
    hooks = endpoint(hotel)
    values = {"endpoint": hooks, "event": happen(ana), "created_at": NOW, "due_at": NOW}
    Delivery.objects.create(**values)
    for broken in (values, values | {"event": happen(ana), "state": "dead"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delivery.objects.create(**broken)
    for broken in ({"format": "segment"}, {"sealed_previous": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Endpoint.objects.filter(pk=hooks.pk).update(**broken)
