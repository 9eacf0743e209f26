"""One field per line, `amount = order.total`: on the left what we call it, on the right where it stands in the message.

A text in quotes stands for itself: `kind = "visit"`. Fields of `lines` are looked for in each of its items.
"""

from collections.abc import Iterator

from loyalty.connectors.facts import Article, CartSeen, Customer, Deed, Fact, Passed, Payload, Person, Unreadable
from loyalty.connectors.reading import find, items, moment, money, number, text

PERSON = ("customer_id", "email", "phone", "member", "first_name", "last_name", "postcode")
DEED = ("kind", "external_id", "occurred_at", "amount", "currency", "brand", "refunds", "tender", "voucher", "test")
LINES = ("lines", "line_sku", "line_category", "line_quantity", "line_unit_price")
CART = ("cart", "cart_url")
FIELDS = (*PERSON, *DEED, *LINES, *CART)
NEEDED = ("kind", "external_id", "occurred_at")
CUSTOMER, CART_KIND = "customer", "cart"


def read(payload: Payload, topic: str, settings: Payload) -> list[Fact]:
    told = _Told(payload, settings)
    if told.text("test") not in ("", "false", "0", "no", "False"):
        return [Passed("test_order")]
    kind = told.needed("kind")
    if kind == CUSTOMER:
        return [Customer(person=_person(told))]
    if kind == CART_KIND:
        return [_cart(told)]
    return [_deed(told, kind)]


class _Told:
    """The message, asked by our names."""

    def __init__(self, payload: Payload, settings: Payload):
        self.payload, self.settings = payload, settings

    def path(self, name: str) -> str:
        return str(self.settings.get(name, ""))

    def text(self, name: str) -> str:
        return _text(self.payload, self.path(name))

    def needed(self, name: str) -> str:
        if not (found := self.text(name)):
            raise Unreadable("missing", self.path(name) or name)
        return found


def _text(payload: Payload, path: str) -> str:
    if len(path) >= 2 and path[0] == path[-1] == '"':
        return path[1:-1]
    if path and isinstance(found := find(payload, path), bool):
        return str(found)
    return text(payload, path, "") if path else ""


def _person(told: _Told) -> Person:
    return Person(
        external_id=told.text("customer_id"),
        email=told.text("email"),
        phone=told.text("phone"),
        reference=told.text("member"),
        first_name=told.text("first_name"),
        last_name=told.text("last_name"),
        postcode=told.text("postcode"),
    )


def _deed(told: _Told, kind: str) -> Fact:
    amount = money(told.payload, told.path("amount"), None) if told.path("amount") else None
    tender = told.text("tender")
    return Deed(
        kind=kind,
        external_id=told.needed("external_id"),
        occurred_at=moment(told.payload, told.path("occurred_at")),
        person=_person(told),
        amount=amount,
        currency=told.text("currency"),
        lines=tuple(_lines(told)),
        paid_with=((tender, amount),) if tender and amount is not None else (),
        brand=told.text("brand"),
        refunds=told.text("refunds"),
        codes=tuple(filter(None, [told.text("voucher")])),
        cart=told.text("cart"),
    )


def _lines(told: _Told) -> Iterator[Article]:
    for line in items(told.payload, told.path("lines")) if told.path("lines") else ():
        yield Article(
            sku=_text(line, told.path("line_sku")),
            category=_text(line, told.path("line_category")),
            quantity=number(line, told.path("line_quantity"), 1),
            unit_price=money(line, told.path("line_unit_price"), None),
        )


def _cart(told: _Told) -> Fact:
    return CartSeen(
        token=told.needed("cart"),
        person=_person(told),
        seen_at=moment(told.payload, told.path("occurred_at")),
        amount=money(told.payload, told.path("amount"), None),
        currency=told.text("currency"),
        url=told.text("cart_url"),
    )
