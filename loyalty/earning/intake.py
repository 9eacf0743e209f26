"""Whether an activity can be accepted at all: what is wrong with it by itself, and with what is known of its world."""

import re
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from loyalty.earning.basket import POINTS_TENDER
from loyalty.earning.facts import BatchFacts
from loyalty.earning.inputs import ActivityInput, Refused
from loyalty.earning.models import Kind
from loyalty.ledger.currencies import Currency

MAX_AMOUNT = 10**12  # minor units; more is a typing error in every currency
CLOCK_SKEW = timedelta(minutes=5)  # tills whose clock is a little ahead
TEXTS = {
    "external_id": 120,
    "kind": 30,
    "store": 60,
    "channel": 30,
    "brand": 60,
    "refunds": 120,
    "referral": 40,
    "code": 40,
}
LONGEST_TENDER = 60
MOST_VOUCHERS = 50
LONGEST_CODE = 64
_kind = re.compile(r"[a-z][a-z0-9_]*\Z")


def own_fault(activity: ActivityInput, *, program, at: datetime, history: bool) -> Refused | None:
    """What is wrong with the activity whoever did it. A history may be old; nothing may lie in the future."""
    return (
        _text_fault(activity)
        or _money_fault(activity, program)
        or _line_fault(activity)
        or _time_fault(activity, program, at, history)
        or _payment_fault(activity, history)
    )


def _text_fault(activity: ActivityInput) -> Refused | None:
    for field, longest in TEXTS.items():
        text = getattr(activity, field)
        if len(text) > longest:
            return Refused("too_long", field, _("At most %(longest)d characters.") % {"longest": longest})
        if text and not text.isprintable():
            return Refused("unprintable", field, _("This text holds characters that cannot be printed."))
    if not activity.external_id.strip():
        return Refused("required", "external_id", _("An activity needs an identifier of its own."))
    if not _kind.match(activity.kind):
        return Refused("kind_invalid", "kind", _("A kind is written in small letters, digits and underscores."))
    if (activity.kind == Kind.REFUND) != bool(activity.refunds):
        return Refused("refund_without_purchase", "refunds", _("A refund names its purchase, and nothing else does."))
    return None


def _money_fault(activity: ActivityInput, program) -> Refused | None:
    if activity.currency and activity.currency != program.money_currency:
        return Refused(
            "currency_unknown",
            "currency",
            _("This program counts in %(currency)s.") % {"currency": program.money_currency},
        )
    amount = activity.amount
    if amount is None:
        return None if activity.kind == Kind.REFUND else Refused("required", "amount", _("An amount is needed."))
    if amount < 0:
        return Refused("amount_negative", "amount", _("An amount is never negative; a refund is a kind of its own."))
    if amount >= MAX_AMOUNT:
        return Refused("amount_too_large", "amount", _("This amount is too large to be true."))
    if any(len(tender) > LONGEST_TENDER or not tender.isprintable() for tender, _part in activity.paid_with):
        return Refused("tender_invalid", "paid_with", _("The name of a tender is short and printable."))
    return tender_fault(activity)


def tender_fault(activity: ActivityInput) -> Refused | None:
    tendered = [part for _name, part in activity.tenders]
    if any(part < 0 for part in tendered) or sum(tendered) > (activity.amount or 0):
        return Refused("tenders_exceed_amount", "paid_with", _("The tenders add up to more than the amount."))
    return None


def _may_be_code(text: str) -> bool:
    return 0 < len(text) <= LONGEST_CODE and text.isprintable()


def _payment_fault(activity: ActivityInput, history: bool) -> Refused | None:
    """What is wrong with the vouchers and the points that shall pay, before anybody asks what they are worth."""
    if not activity.vouchers and not activity.redeem_points:
        return None
    field = "vouchers" if activity.vouchers else "redeem_points"
    if activity.kind != Kind.PURCHASE or history:
        return Refused("no_sale", field, _("Vouchers and points pay for a purchase, at the moment of the purchase."))
    codes = activity.vouchers
    if len(codes) > MOST_VOUCHERS or len(set(codes)) < len(codes) or not all(map(_may_be_code, codes)):
        return Refused("vouchers_invalid", "vouchers", _("Name each voucher once, and not too many of them."))
    if not 0 <= activity.redeem_points < MAX_AMOUNT:
        return Refused("points_invalid", "redeem_points", _("At least one point is needed."))
    if activity.redeem_currency not in Currency.values:
        return Refused("currency_unknown", "redeem_currency", _("Members hold points or cash-back here."))
    if activity.redeem_points and any(tender == POINTS_TENDER for tender, _part in activity.paid_with):
        return Refused("points_twice", "paid_with", _("Points pay either as a tender or by being redeemed here."))
    return None


def _line_fault(activity: ActivityInput) -> Refused | None:
    for line in activity.lines:
        if not 1 <= line.quantity < 10**6:
            return Refused("quantity_invalid", "quantity", _("A quantity is a whole number from 1 to 999,999."))
        if line.unit_price is not None and not 0 <= line.unit_price < MAX_AMOUNT:
            return Refused("price_invalid", "unit_price", _("A price is zero or more, and believable."))
        if len(line.sku) > 60 or len(line.category) > 60:
            return Refused("too_long", "sku", _("At most %(longest)d characters.") % {"longest": 60})
        if not (line.sku + line.category).isprintable():
            return Refused("unprintable", "sku", _("This text holds characters that cannot be printed."))
    return None


def _time_fault(activity: ActivityInput, program, at: datetime, history: bool) -> Refused | None:
    if activity.occurred_at > at + CLOCK_SKEW:
        return Refused("in_the_future", "occurred_at", _("This moment lies in the future."))
    if not history and activity.occurred_at < at - timedelta(days=program.max_activity_age_days):
        return Refused(
            "too_old",
            "occurred_at",
            _("Activities are accepted for %(days)d days; this one is older.")
            % {"days": program.max_activity_age_days},
        )
    return None


def worldly_fault(activity: ActivityInput, member_id: int, facts: BatchFacts, *, history: bool) -> Refused | None:
    """What is wrong with the member or the store as they stand. In a history a store may have closed since."""
    member = facts.members[member_id]
    if not member.is_active:
        return Refused("member_blocked", "member", _("This member is blocked."))
    if not member.is_enrolled:
        return Refused("not_enrolled", "member", _("This member is not enrolled in the program."))
    if not activity.store:
        return None
    store = facts.stores.get(activity.store)
    if store is None:
        return Refused("store_unknown", "store", _("The program has no store “%(store)s”.") % {"store": activity.store})
    if not store.is_open and activity.kind != Kind.REFUND and not history:
        return Refused("store_closed", "store", _("The store “%(store)s” is closed.") % {"store": activity.store})
    return None
