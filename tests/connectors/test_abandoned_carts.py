"""A checkout that a member left alone for an hour is announced once; one that was ordered never."""

from datetime import datetime, timedelta

import pytest

from loyalty.connectors.models import Cart
from loyalty.connectors.operations import announce_abandoned
from loyalty.events.models import Event
from members.operations import erase_member
from tests.connectors import samples
from tests.connectors.conftest import NOW

pytestmark = pytest.mark.django_db
TOUCHED = datetime.fromisoformat("2026-03-02T10:45:00+01:00")
HOUR = timedelta(hours=1)


def announced():
    return list(Event.objects.filter(kind="cart.abandoned").values_list("member_id", "payload"))


def test_a_cart_is_announced_once_an_hour_after_it_was_last_touched(ana, connect, deliver):
    shop = connect()
    deliver(shop, samples.checkout(total_price="10.00"), "checkouts/create", "1")
    later = samples.checkout(updated_at="2026-03-02T11:30:00+01:00")
    deliver(shop, later, "checkouts/update", "2")
    deliver(shop, samples.checkout(total_price="12.00"), "checkouts/update", "3")  # an older one that comes late

    assert announce_abandoned(at=TOUCHED + HOUR * 1.5) == 0
    assert announce_abandoned(at=TOUCHED + HOUR * 2) == 1
    assert announce_abandoned(at=TOUCHED + HOUR * 3) == 0
    deliver(shop, samples.checkout(updated_at="2026-03-02T19:00:00+01:00"), "checkouts/update", "4")
    assert announce_abandoned(at=NOW) == 0

    cart = Cart.objects.get()
    payload = {"cart": cart.pk, "amount": 6675, "currency": "EUR", "url": "https://halles.example/recover?key=1"}
    assert announced() == [(ana.pk, payload)]


def test_a_cart_that_became_an_order_is_not_abandoned(ana, connect, deliver):
    shop = connect()
    deliver(shop, samples.checkout(), "checkouts/create", "1")
    deliver(shop, samples.order(), "orders/paid", "2")

    assert announce_abandoned(at=NOW) == 0
    assert Cart.objects.get().state == Cart.State.ORDERED


def test_carts_of_strangers_and_finished_ones_are_not_kept(connect, deliver):
    shop = connect()

    assert deliver(shop, samples.checkout(), "checkouts/create", "1").code == "not_a_member"
    finished = samples.checkout(completed_at="2026-03-02T10:50:00+01:00")
    assert deliver(shop, finished, "checkouts/update", "2").code == "cart_ordered"
    assert Cart.objects.count() == 0


def test_a_quote_of_magento_is_a_cart(ana, connect, deliver):
    quote = {
        "entity_id": 88,
        "customer_email": "ana@example.com",
        "is_active": "1",
        "items_count": "2",
        "grand_total": "30.0000",
        "quote_currency_code": "EUR",
        "updated_at": "2026-03-02 09:45:00",
    }
    shop = connect("magento")

    deliver(shop, {"quote": quote})

    assert Cart.objects.values_list("token", "member", "amount").get() == ("88", ana.pk, 3000)
    deliver(shop, samples.MAGENTO_ORDER)
    assert Cart.objects.get().state == Cart.State.ORDERED


def test_a_forgotten_members_cart_names_nobody(ana, connect, deliver):
    deliver(connect(), samples.checkout(), "checkouts/create", "1")

    erase_member(member=ana, at=NOW, by=None, reason="asked")

    assert Cart.objects.values_list("member", "url").get() == (None, "")
