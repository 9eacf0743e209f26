"""What a connector reads out of another system's message: plain values, no database.

Each connector is a package with the same parts, looked up by its name in `catalogue`:

- `sent_by(*, secret, body, headers)`: whether the vendor's own signature is right;
- `named(*, body, headers)`: the delivery's identifier, its topic;
- `read(payload, topic, settings)`: the facts in it, in their order; raises `Unreadable`;
- `discounts`, where the shop can be given discount codes, and `complete`, where a message only says what to ask for.

Money is `Decimal` in major units, tax included, as the vendors write it; the door makes minor units of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

Payload = Mapping[str, Any]


class Unreadable(Exception):
    """The message is not what the vendor documents. `code` is for machines, `field` where it is wrong."""

    def __init__(self, code: str, field: str):
        super().__init__(f"{code}: {field}")
        self.code = code
        self.field = field


class Named(NamedTuple):
    """`delivery_id` is empty where the vendor gives none: then the body names itself."""

    delivery_id: str
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """How the message names somebody. `external_id` is the other system's own name, of an account with it;
    `reference` is a text that a form was given: a number, a card, an address."""

    external_id: str = ""
    email: str = ""
    phone: str = ""
    reference: str = ""
    first_name: str = ""
    last_name: str = ""
    postcode: str = ""
    wants_email: bool | None = None  # None: the message does not say

    @property
    def is_somebody(self) -> bool:
        return bool(self.external_id or self.email or self.phone or self.reference)


NOBODY = Person()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    sku: str = ""
    category: str = ""
    quantity: int = 1
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that a member did. `codes` are the discount codes of an order, ours and others; `cart` the checkout
    that it came from. A refund that names nobody is of whoever made the purchase."""

    kind: str
    external_id: str
    occurred_at: datetime
    person: Person = NOBODY
    amount: Decimal | None = None
    currency: str = ""
    lines: tuple[Article, ...] = ()
    paid_with: tuple[tuple[str, Decimal], ...] = ()
    brand: str = ""
    refunds: str = ""
    codes: tuple[str, ...] = ()
    cart: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Somebody who has an account with the shop."""

    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class CartSeen:
    """A checkout that somebody has begun. `url` leads back to it."""

    token: str
    person: Person
    seen_at: datetime
    amount: Decimal | None = None
    currency: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """Nothing to do, and why: a test order, an order that is not paid."""

    code: str


Fact = Deed | Customer | CartSeen | Passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """A voucher as a shop's discount code: so many per cent, or an amount, off the basket. `uses` in all."""

    code: str
    percent: Decimal | None = None
    amount: Decimal | None = None
    currency: str = ""
    minimum: Decimal | None = None
    uses: int = 1
    starts_at: datetime
    ends_at: datetime | None = None


class Refusal(Exception):
    """The other system answered, and the answer is no. `code` is what it calls the reason."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code[:60]


Ask = Callable[..., Any]  # ask(method, path, data=None): what the system's own API answers, JSON read
