"""A `Plan` is what can be subscribed to and what it brings; a `Subscription` is one member's, from the day of joining
to its end; a `Charge` is what one period of it costs, with the `Attempt`s to collect it and the `ChargeRefund`s that
gave some of it back; a `BenefitPeriod` says from when to when a member had the benefits of a plan.

Days and periods are days of the program's zone, `[start, end)`. Amounts are minor units of the currency beside them.
The tables that begin with “Fake” are a payment provider's, not ours: the stand-in of tests, stories and demonstrations.
"""

from .benefit import BenefitPeriod
from .charge import Attempt, Charge, ChargeRefund, ReceiptBook
from .fake import FakePayment, FakeRefund, FakeScript
from .notice import GatewayNotice
from .plan import Plan, PlanPrice
from .subscription import Subscription

__all__ = [
    "Attempt",
    "BenefitPeriod",
    "Charge",
    "ChargeRefund",
    "FakePayment",
    "FakeRefund",
    "FakeScript",
    "GatewayNotice",
    "Plan",
    "PlanPrice",
    "ReceiptBook",
    "Subscription",
]
