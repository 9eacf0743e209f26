"""Magento's orders, credit memos, customers and quotes, as its observers name them.

What is sent is what the webhook's fields choose: the object under the observer's own name, `order`
(`sales_order_save_after`), `creditmemo` (`sales_order_creditmemo_save_after`), `customer` (`customer_save_after`),
`quote` (`sales_quote_save_after`). Amounts are those of the order's money, tax included.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from loyalty.connectors.facts import Article, CartSeen, Customer, Deed, Fact, Passed, Payload, Person
from loyalty.connectors.reading import find, items, moment, money, number, text

PAID = ("processing", "complete", "closed")


def read(payload: Payload, topic: str, settings: Payload) -> list[Fact]:
    readers = {"order": _order, "creditmemo": _refund, "customer": _customer, "quote": _quote}
    told = [(name, found) for name in readers if isinstance(found := find(payload, name), Mapping)]
    return [readers[name](found) for name, found in told] or [Passed("topic_not_followed")]


def _order(order: Payload) -> Fact:
    if text(order, "state", "") not in PAID:
        return Passed("not_paid")
    amount, tender = money(order, "grand_total"), text(order, "payment.method", "")
    return Deed(
        kind="purchase",
        external_id=text(order, "entity_id"),
        occurred_at=moment(order, "created_at", "updated_at"),
        person=_person(order),
        amount=amount,
        currency=text(order, "order_currency_code"),
        lines=tuple(_lines(order)),
        paid_with=((tender, amount),) if tender else (),
        codes=tuple(filter(None, [text(order, "coupon_code", "")])),
        cart=text(order, "quote_id", ""),
    )


def _refund(memo: Payload) -> Fact:
    amount = money(memo, "grand_total")
    if not amount:
        return Passed("nothing_refunded")
    return Deed(
        kind="refund",
        external_id=f"refund:{text(memo, 'entity_id')}",
        occurred_at=moment(memo, "created_at", "updated_at"),
        amount=amount,
        currency=text(memo, "order_currency_code", ""),
        refunds=text(memo, "order_id"),
    )


def _customer(customer: Payload) -> Fact:
    return Customer(
        person=Person(
            external_id=text(customer, "entity_id", "") or text(customer, "id"),
            email=text(customer, "email", ""),
            first_name=text(customer, "firstname", ""),
            last_name=text(customer, "lastname", ""),
        )
    )


def _quote(quote: Payload) -> Fact:
    if not number(quote, "is_active", 1) or not number(quote, "items_count", 1):
        return Passed("cart_ordered")
    return CartSeen(
        token=text(quote, "entity_id"),
        person=_person(quote),
        seen_at=moment(quote, "updated_at", "created_at"),
        amount=money(quote, "grand_total", None),
        currency=text(quote, "quote_currency_code", ""),
    )


def _person(payload: Payload) -> Person:
    return Person(
        external_id=text(payload, "customer_id", ""),
        email=text(payload, "customer_email", ""),
        phone=text(payload, "billing_address.telephone", ""),
        first_name=text(payload, "customer_firstname", "") or text(payload, "billing_address.firstname", ""),
        last_name=text(payload, "customer_lastname", "") or text(payload, "billing_address.lastname", ""),
        postcode=text(payload, "billing_address.postcode", ""),
    )


def _lines(order: Payload) -> Iterator[Article]:
    """Without the lines that only stand for the choice of a variant: `parent_item_id` says whose they are."""
    for line in items(order, "items"):
        quantity = number(line, "qty_ordered")
        if quantity < 1 or line.get("parent_item_id"):
            continue
        paid = max(money(line, "row_total_incl_tax") - money(line, "discount_amount", 0), Decimal())
        category = "gift_card" if text(line, "product_type", "") == "giftcard" else ""
        yield Article(sku=text(line, "sku", ""), category=category, quantity=quantity, unit_price=paid / quantity)
    if delivery := money(order, "shipping_incl_tax", 0):
        yield Article(sku="delivery", category="delivery", unit_price=delivery)
