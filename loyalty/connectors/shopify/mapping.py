"""Shopify's orders, refunds, customers and checkouts, by the fields of its webhook reference.

Amounts are the shop's own money (`total_price`, not what the buyer was shown), tax included, after discounts. Delivery
is a line of the category `delivery`, a gift card one of `gift_card`, so that a program can exclude them.
"""

from collections.abc import Iterator
from decimal import Decimal

from loyalty.connectors.facts import Article, CartSeen, Customer, Deed, Fact, Passed, Payload, Person
from loyalty.connectors.reading import find, items, moment, money, number, text, total

ORDERS = ("orders/paid", "orders/create", "orders/updated", "orders/fulfilled")
PAID = ("paid", "partially_refunded", "refunded")


def read(payload: Payload, topic: str, settings: Payload) -> list[Fact]:
    if topic in ORDERS:
        return [_order(payload)]
    if topic == "refunds/create":
        return [_refund(payload)]
    if topic in ("customers/create", "customers/update", "customers/enable"):
        return [Customer(person=_customer(payload))]
    if topic in ("checkouts/create", "checkouts/update"):
        return [_checkout(payload)]
    return [Passed("topic_not_followed")]


def _order(order: Payload) -> Fact:
    if order.get("test"):
        return Passed("test_order")
    if text(order, "financial_status", "") not in PAID:
        return Passed("not_paid")
    amount = money(order, "total_price")
    gateways = find(order, "payment_gateway_names")
    tender = gateways[0] if isinstance(gateways, list) and len(gateways) == 1 and isinstance(gateways[0], str) else ""
    return Deed(
        kind="purchase",
        external_id=text(order, "id"),
        occurred_at=moment(order, "processed_at", "created_at"),
        person=_buyer(order),
        amount=amount,
        currency=text(order, "currency"),
        lines=tuple(_lines(order)),
        paid_with=((tender, amount),) if tender else (),
        codes=tuple(text(each, "code") for each in items(order, "discount_codes")),
        cart=text(order, "checkout_token", ""),
    )


def _buyer(order: Payload) -> Person:
    """Whoever has no account is known by what they typed."""
    customer = _customer(find(order, "customer") or {}, needs_id=False)
    return Person(
        external_id=customer.external_id,
        email=customer.email or text(order, "email", ""),
        phone=customer.phone or text(order, "phone", ""),
        first_name=customer.first_name or text(order, "billing_address.first_name", ""),
        last_name=customer.last_name or text(order, "billing_address.last_name", ""),
        postcode=customer.postcode or text(order, "billing_address.zip", ""),
    )


def _customer(customer: Payload, *, needs_id: bool = True) -> Person:
    state = text(customer, "email_marketing_consent.state", "")
    answers = {"subscribed": True, "unsubscribed": False}
    return Person(
        external_id=text(customer, "id") if needs_id else text(customer, "id", ""),
        email=text(customer, "email", ""),
        phone=text(customer, "phone", ""),
        first_name=text(customer, "first_name", ""),
        last_name=text(customer, "last_name", ""),
        postcode=text(customer, "default_address.zip", ""),
        wants_email=answers.get(state),
    )


def _lines(order: Payload) -> Iterator[Article]:
    for line in items(order, "line_items"):
        if (quantity := number(line, "quantity")) < 1:
            continue
        yield Article(
            sku=text(line, "sku", "") or text(line, "variant_id", ""),
            category="gift_card" if line.get("gift_card") else "",
            quantity=quantity,
            unit_price=_worth(order, line, quantity) / quantity,
        )
    for delivery in items(order, "shipping_lines"):
        if worth := _worth(order, delivery, 1):
            yield Article(sku="delivery", category="delivery", unit_price=worth)


def _worth(order: Payload, line: Payload, quantity: int) -> Decimal:
    """What was paid for the line: after discounts, with tax."""
    worth = money(line, "price") * quantity
    worth -= total(money(each, "amount") for each in items(line, "discount_allocations"))
    if not order.get("taxes_included"):
        worth += total(money(each, "price") for each in items(line, "tax_lines"))
    return max(worth, Decimal())


def _refund(refund: Payload) -> Fact:
    """The money that went back: a refund may return goods, delivery or just an amount."""
    payments = [each for each in items(refund, "transactions") if each.get("kind") == "refund"]
    done = [each for each in payments if each.get("status") == "success"]
    if any(each.get("test") for each in done):
        return Passed("test_order")
    amount = total(money(each, "amount") for each in done)
    if not amount:
        return Passed("nothing_refunded")
    return Deed(
        kind="refund",
        external_id=f"refund:{text(refund, 'id')}",
        occurred_at=moment(refund, "processed_at", "created_at"),
        amount=amount,
        currency=text(done[0], "currency", ""),
        refunds=text(refund, "order_id"),
    )


def _checkout(checkout: Payload) -> Fact:
    if checkout.get("completed_at"):
        return Passed("cart_ordered")
    return CartSeen(
        token=text(checkout, "token"),
        person=_buyer(checkout),
        seen_at=moment(checkout, "updated_at", "created_at"),
        amount=money(checkout, "total_price", None),
        currency=text(checkout, "currency", ""),
        url=text(checkout, "abandoned_checkout_url", ""),
    )
