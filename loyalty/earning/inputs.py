"""What the verbs of this app take and give: plain values, no database."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from loyalty.earning.basket import POINTS_TENDER, Line
from loyalty.ledger.book import POINTS
from members.references import MemberRef


@dataclass(slots=True)
class ActivityInput:
    """One thing that a member did, as a door hands it in.

    `amount` and the amounts of `paid_with` are minor units of the program's money; `store` is a code; `refunds` is
    the external id, within the same source, of the purchase that a refund is about; `amount` None refunds the rest.

    `vouchers` are codes that the sale uses. `amount` is what is to be paid after them: points are earned on it.
    `redeem_points` of `redeem_currency` (of cash-back minor units) pay a part of this amount, beside the tenders.
    """

    external_id: str
    member: MemberRef
    kind: str
    occurred_at: datetime
    amount: int | None = 0
    currency: str = ""
    store: str = ""
    channel: str = ""
    brand: str = ""
    lines: tuple[Line, ...] = ()
    paid_with: tuple[tuple[str, int], ...] = ()
    refunds: str = ""
    referral: str = ""  # the code of whoever sent the member
    code: str = ""  # what the member entered, where the kind is `code`
    vouchers: tuple[str, ...] = ()
    redeem_points: int = 0
    redeem_currency: str = POINTS
    points_paid: int = 0  # what `redeem_points` came to in money: found out on the way, no door says it

    @property
    def tenders(self) -> tuple[tuple[str, int], ...]:
        """Everything that paid, points included."""
        return (*self.paid_with, (POINTS_TENDER, self.points_paid)) if self.points_paid else self.paid_with


@dataclass(slots=True)
class Recorded:
    """The effect of an activity. `granted` is points, `also` other currencies by name; both are negative for a refund.

    A `duplicate` had this effect before.
    """

    activity_id: int
    member_id: int
    granted: int
    outcomes: list[dict] = field(default_factory=list)
    duplicate: bool = False
    also: dict[str, int] = field(default_factory=dict)

    def add(self, currency: str, amount: int) -> None:
        if currency == POINTS:
            self.granted += amount
        elif amount:
            self.also[currency] = self.also.get(currency, 0) + amount


@dataclass(slots=True)
class Refused:
    """Why an activity was not recorded: `code` for machines, the field that is wrong, a sentence for people."""

    code: str
    field: str
    message: str


class ActivityRefused(Exception):
    """The same as an exception, for the verbs that take one activity."""

    def __init__(self, refused: Refused):
        super().__init__(refused.message)
        self.code = refused.code
        self.field = refused.field
        self.message = refused.message


def fingerprint(activity: ActivityInput, member_id: int) -> str:
    """What tells a retry from another activity that was given the same external id."""
    content = (
        member_id,
        activity.kind,
        activity.occurred_at.timestamp(),
        activity.amount,
        activity.store,
        activity.channel,
        activity.brand,
        activity.refunds,
        [(line.sku, line.category, line.quantity, line.unit_price) for line in activity.lines],
        activity.paid_with,
        *filter(None, (activity.referral, activity.code, activity.vouchers)),
        *((activity.redeem_points, activity.redeem_currency) if activity.redeem_points else ()),
    )
    return hashlib.blake2b(repr(content).encode(), digest_size=16).hexdigest()
