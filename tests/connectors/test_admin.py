"""Staff connect a shop, test it, and settle what could not be worked off; a secret is never shown again."""

import pytest
import time_machine
from django.test import Client

from loyalty.connectors.models import Connection, Received
from loyalty.earning.models import Activity
from tests.connectors import samples
from tests.connectors.conftest import NOW
from tests.factories.programs import StoreFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/connectors/connection/"


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def alice(administrator):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def form(program, **values):
    return {"program": program.pk, "name": "Shop", "channel": "web", "is_active": "on"} | values


def errors(response):
    return response.context["adminform"].form.errors


def test_a_connection_is_made_and_its_secret_never_shown(alice, program):
    made = form(program, connector="shopify", secret=samples.SECRET)
    response = alice.post(f"{LIST}add/", made, follow=True)
    shop = Connection.objects.get()

    assert response.status_code == 200
    assert shop.secret == samples.SECRET
    alice.post(f"{LIST}{shop.pk}/change/", form(program, name="Renamed", secret="", token="the token"))
    shop.refresh_from_db()
    wrong = form(program, api_url="https://user@shop.example")
    assert "api_url" in errors(alice.post(f"{LIST}{shop.pk}/change/", wrong))
    assert (shop.name, shop.secret, shop.token) == ("Renamed", samples.SECRET, "the token")
    page = alice.get(f"{LIST}{shop.pk}/change/").content.decode()
    assert f"/connect/{shop.address}/" in page
    assert samples.SECRET not in page
    assert "the token" not in page


def test_what_would_not_work_is_said_at_its_field(alice, program):
    def said(**values):
        return errors(alice.post(f"{LIST}add/", form(program, **values)))

    assert "secret" in said(connector="shopify")
    assert "secret" in said(connector="magento", secret="no key")
    assert "mapping" in said(connector="generic", secret="s", mapping="kind = a")
    assert "mapping" in said(connector="generic", secret="s", mapping="colour = a")
    assert "store" in said(connector="shopify", secret="s", store=StoreFactory().pk)
    mapping = 'kind = "visit"\nexternal_id = id\noccurred_at = at\n'
    alice.post(f"{LIST}add/", form(program, connector="generic", secret="s", mapping=mapping))
    assert Connection.objects.get().mapping == {"kind": '"visit"', "external_id": "id", "occurred_at": "at"}


def test_the_test_button_says_what_works(alice, connect):
    response = alice.get(f"{LIST}{connect().pk}/test/", follow=True)

    assert "The secret can be read." in response.content.decode()


def test_a_guests_order_is_given_to_a_member_on_a_page(alice, ana, connect, deliver):
    received = deliver(connect(), samples.order(customer=None, email="x@example.com"), "orders/paid")
    page = f"/admin/connectors/received/{received.pk}/"
    assert "Nobody is known by this name here" in alice.get(f"{page}change/").content.decode()

    wrong = alice.post(f"{page}give/", {"member": "nobody"})
    assert "No member is known" in wrong.content.decode()
    alice.post(f"{page}give/", {"member": ana.email})

    assert Activity.objects.get().member == ana
    received.refresh_from_db()
    assert received.state == Received.State.DONE
    assert alice.post(f"{page}give/", {"member": ana.email}).status_code == 403


def test_a_refused_order_can_be_tried_again_or_passed_over(alice, ana, program, connect, deliver):
    received = deliver(connect(), samples.order(currency="USD"), "orders/paid")
    page = f"/admin/connectors/received/{received.pk}/"
    program.money_currency = "USD"
    program.save()

    alice.post(f"{page}again/", {})
    assert Activity.objects.get().currency == "USD"

    other = deliver(connect(), samples.order(currency="GBP"), "orders/paid")
    alice.post(f"/admin/connectors/received/{other.pk}/pass/", {})
    other.refresh_from_db()
    assert (other.state, other.body) == ("passed", "")
