"""The verbs of paid membership: subscribe, renew, retry, pause, resume, cancel, keep, change the plan, take a payment,
refund a charge, record what a payment provider tells.

A verb that collects money commits on its own before it asks the gateway: do not call it inside a transaction where the
gateway reaches out (`manual` and `fake` do not). What is refused is a `SubscriptionRefused` with a `code` and a
sentence that says what to do.
"""

from loyalty.subscriptions.gateways import GatewayUnavailable, NoticeRefused

from .benefits import prioritise, promise_again
from .cancelling import cancel, keep
from .changing import change_plan, price_of_change
from .errors import PaymentDeclined, SubscriptionRefused
from .noticing import record_gateway_notice
from .pausing import pause, resume
from .paying import take_payment
from .plans import add_plan, set_price
from .refunding import Share, refund_charge, settle_refunds, to_give_back
from .renewing import renew, retry
from .subscribing import free_until, price_of, subscribe

__all__ = [
    "GatewayUnavailable",
    "NoticeRefused",
    "PaymentDeclined",
    "Share",
    "SubscriptionRefused",
    "add_plan",
    "cancel",
    "change_plan",
    "free_until",
    "keep",
    "pause",
    "price_of",
    "price_of_change",
    "prioritise",
    "promise_again",
    "record_gateway_notice",
    "refund_charge",
    "renew",
    "resume",
    "retry",
    "set_price",
    "settle_refunds",
    "subscribe",
    "take_payment",
    "to_give_back",
]
