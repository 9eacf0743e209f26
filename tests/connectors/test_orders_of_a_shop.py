"""Orders and refunds of a connected shop are the member's purchases and refunds, each once, however often they come."""

import pytest

from loyalty.connectors.models import Received
from loyalty.connectors.operations import look_again
from loyalty.earning.models import Activity
from loyalty.ledger.models import Account
from rewards.models import Voucher
from rewards.operations import issue_voucher
from tests.connectors import samples
from tests.connectors.conftest import NOW
from tests.factories.programs import StoreFactory
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db
State = Received.State


def points(member):
    return sum(Account.objects.filter(member=member).values_list("available", flat=True))


def recorded():
    return [(row.kind, row.external_id, row.amount) for row in Activity.objects.exclude(kind="sign_up").order_by("pk")]


def test_an_order_earns_its_points_with_its_lines_tender_and_store(program, ana, connect, deliver):
    program.excluded_categories = ["gift_card", "delivery"]
    program.save()
    shop = connect(store=StoreFactory(program=program, code="online"))

    received = deliver(shop, samples.order(), "orders/paid")

    (order,) = Activity.objects.all()
    assert (received.state, received.activities, received.body) == (State.DONE, [order.pk], "")
    assert (order.member, order.source, order.store.code, order.channel) == (ana, shop.source, "online", "web")
    assert order.occurred_at.isoformat() == "2026-03-02T10:00:00+00:00"
    assert order.paid_with == [{"tender": "shopify_payments", "amount": 6675}]
    lines = [(line.sku, line.category, line.quantity, line.unit_price) for line in order.lines.order_by("pk")]
    assert lines == [
        ("COFFEE-250", "", 2, 949),  # (20.00 − 2.00 + 0.99) ÷ 2, down to the cent
        ("CARD-40", "gift_card", 1, 4000),
        ("delivery", "delivery", 1, 776),
    ]
    assert points(ana) == 18  # neither the gift card nor the delivery


def test_refunds_take_back_their_share_and_a_failed_one_nothing(ana, connect, deliver):
    shop = connect()
    deliver(shop, samples.order(), "orders/paid")

    received = deliver(shop, samples.refund(), "refunds/create", "2")

    assert received.state == State.DONE
    assert recorded() == [("purchase", "5940139491234", 6675), ("refund", "refund:929361464", 1000)]
    assert points(ana) == 56  # 66 − round(66 × 1000 ÷ 6675)


def test_a_refund_that_comes_before_its_order_waits_for_it(ana, connect, deliver):
    shop = connect()

    early = deliver(shop, samples.refund(), "refunds/create", "2")
    deliver(shop, samples.order(), "orders/paid")
    assert (early.state, early.code) == (State.WAITING, "member_unknown")

    look_again(at=early.due_at)

    assert points(ana) == 56


@pytest.mark.parametrize(
    "payload, topic, code",
    [
        (samples.order(test=True), "orders/paid", "test_order"),
        (samples.order(financial_status="pending"), "orders/create", "not_paid"),
        (samples.refund(transactions=[]), "refunds/create", "nothing_refunded"),
        (samples.order(), "products/update", "topic_not_followed"),
    ],
)
def test_what_is_no_sale_leaves_no_trace_but_its_reason(ana, connect, deliver, payload, topic, code):
    received = deliver(connect(), payload, topic)

    assert (received.state, received.code, received.body) == (State.PASSED, code, "")
    assert recorded() == []


def test_the_same_order_in_other_deliveries_counts_once(ana, connect, deliver):
    shop = connect()
    deliver(shop, samples.order(), "orders/create", "1")
    deliver(shop, samples.order(), "orders/create", "1")  # the vendor's own retry
    deliver(shop, samples.order(), "orders/create", "9")  # a replay under another name
    changed = deliver(shop, samples.order(note="gift wrapped", total_price="60.00"), "orders/updated", "3")

    assert Received.objects.count() == 2
    assert (changed.state, changed.code) == (State.DONE, "changed_since")
    assert points(ana) == 66


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"currency": "USD"}, "currency_unknown"),
        ({"processed_at": "2025-03-02T11:00:00+01:00"}, "too_old"),
        ({"total_price": "66.755"}, "amount_has_fractions"),
        ({"total_price": None}, "missing"),
        ({"processed_at": "yesterday"}, "not_a_moment"),
        ({"line_items": [{"sku": "A", "quantity": "x", "price": "1"}]}, "not_a_number"),
    ],
)
def test_an_order_that_cannot_be_recorded_is_refused_with_its_reason_and_kept(ana, connect, deliver, changes, code):
    received = deliver(connect(), samples.order(**changes), "orders/paid")

    assert (received.state, received.code) == (State.REFUSED, code)
    assert received.body
    assert recorded() == []


def test_a_voucher_that_the_shop_took_is_used_and_one_that_is_not_usable_does_not_stop_the_sale(
    program, ana, connect, deliver
):
    shop = connect()
    reward = RewardFactory(program=program, kind="discount_amount", amount=500, product="")
    voucher = issue_voucher(program=program, reward=reward, member_id=ana.pk, at=NOW)
    code = voucher.code.lower()

    deliver(shop, samples.order(discount_codes=[{"code": code}, {"code": "SPRING"}]), "orders/paid")
    again = deliver(shop, samples.order(id=2, discount_codes=[{"code": code}]), "orders/paid", "2")

    voucher.refresh_from_db()
    assert voucher.state == Voucher.State.USED
    assert (again.state, again.code) == (State.DONE, "not_usable")
    assert len(recorded()) == 2


def test_an_order_of_woocommerce_comes_with_its_refunds(ana, connect, deliver):
    shop = connect("woocommerce")

    pending = deliver(shop, samples.copied(samples.WOOCOMMERCE_ORDER, status="pending"), "order.created")
    received = deliver(shop, samples.WOOCOMMERCE_ORDER, "order.updated", "2")

    assert (pending.state, pending.code) == (State.PASSED, "not_paid")
    assert received.state == State.DONE
    assert recorded() == [("purchase", "4750", 4399), ("refund", "refund:726", 1200)]
    lines = Activity.objects.get(external_id="4750").lines.order_by("pk")
    assert [(line.sku, line.quantity, line.unit_price) for line in lines] == [
        ("TEA-100", 3, 1200),
        ("delivery", 1, 799),
    ]


def test_magento_names_what_it_sends_by_its_observer_and_waits_for_a_word(ana, connect, deliver, client):
    shop = connect("magento")

    deliver(shop, samples.MAGENTO_ORDER)
    deliver(shop, samples.MAGENTO_MEMO)

    assert recorded() == [("purchase", "1042", 5990), ("refund", "refund:9", 2750)]
    (mug, delivery) = Activity.objects.get(external_id="1042").lines.order_by("pk")
    assert (mug.sku, mug.quantity, mug.unit_price, delivery.unit_price) == ("MUG-BLUE", 2, 2750, 490)
    body = samples.as_body(samples.MAGENTO_ORDER)
    headers = samples.headers("magento", body)
    response = client.post(f"/connect/{shop.address}/", body, content_type="application/json", headers=headers)
    assert response.json() == {"op": "success"}
