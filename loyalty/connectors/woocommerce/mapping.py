"""WooCommerce's orders and customers, by the fields of its REST API, which its webhooks send.

An order comes again whenever it changes: what is paid is a purchase, and each of its refunds one of its own. The
amounts of an order's refunds are negative there. Carts have no webhook: WooCommerce keeps them in the browser.
"""

from collections.abc import Iterator

from loyalty.connectors.facts import Article, Customer, Deed, Fact, Passed, Payload, Person
from loyalty.connectors.reading import items, moment, money, number, text

PAID = ("processing", "completed", "refunded")


def read(payload: Payload, topic: str, settings: Payload) -> list[Fact]:
    if topic in ("order.created", "order.updated"):
        return list(_order(payload))
    if topic in ("customer.created", "customer.updated"):
        return [Customer(person=_customer(payload))]
    return [Passed("topic_not_followed")]


def _order(order: Payload) -> Iterator[Fact]:
    if text(order, "status") not in PAID:
        yield Passed("not_paid")
        return
    number_of_order, amount, currency = text(order, "id"), money(order, "total"), text(order, "currency")
    tender = text(order, "payment_method", "")
    yield Deed(
        kind="purchase",
        external_id=number_of_order,
        occurred_at=moment(order, "date_paid_gmt", "date_created_gmt"),
        person=_buyer(order),
        amount=amount,
        currency=currency,
        lines=tuple(_lines(order)),
        paid_with=((tender, amount),) if tender else (),
        codes=tuple(text(each, "code") for each in items(order, "coupon_lines")),
    )
    for refund in items(order, "refunds"):
        if given_back := abs(money(refund, "total")):
            yield Deed(
                kind="refund",
                external_id=f"refund:{text(refund, 'id')}",
                occurred_at=moment(order, "date_modified_gmt", "date_created_gmt"),
                amount=given_back,
                currency=currency,
                refunds=number_of_order,
            )


def _buyer(order: Payload) -> Person:
    """Customer 0 is a guest."""
    account = text(order, "customer_id", "0")
    return _person(order, "" if account == "0" else account)


def _customer(customer: Payload) -> Person:
    return _person(customer, text(customer, "id"))


def _person(payload: Payload, external_id: str) -> Person:
    return Person(
        external_id=external_id,
        email=text(payload, "email", "") or text(payload, "billing.email", ""),
        phone=text(payload, "billing.phone", ""),
        first_name=text(payload, "first_name", "") or text(payload, "billing.first_name", ""),
        last_name=text(payload, "last_name", "") or text(payload, "billing.last_name", ""),
        postcode=text(payload, "billing.postcode", ""),
    )


def _lines(order: Payload) -> Iterator[Article]:
    for line in items(order, "line_items"):
        if (quantity := number(line, "quantity")) < 1:
            continue
        paid = money(line, "total") + money(line, "total_tax", 0)
        yield Article(
            sku=text(line, "sku", "") or text(line, "product_id", ""), quantity=quantity, unit_price=paid / quantity
        )
    for delivery in items(order, "shipping_lines"):
        if paid := money(delivery, "total") + money(delivery, "total_tax", 0):
            yield Article(sku="delivery", category="delivery", unit_price=paid)
