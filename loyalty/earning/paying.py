"""What pays a sale besides money: vouchers and points, used in the transaction that records the sale.

They are used before the sale is decided, so that what points paid earns no points where the program says so; where
anything is refused, the caller undoes all of it. When the last of a sale's refunds has come, its points return to the
lots that they came from, and the uses of its vouchers to them. A refund of a part returns neither: the goods that the
member keeps were paid with them.

`exchange` and batches are recorded one activity after the other where any of them pays or returns something.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from loyalty.earning.inputs import ActivityInput, ActivityRefused, Refused
from loyalty.earning.intake import tender_fault
from loyalty.earning.models import Activity, Kind
from loyalty.earning.refunding import purchases
from loyalty.ledger.operations import Batch, LedgerError
from loyalty.ledger.queries import entries_of
from loyalty.programs.models import Store
from rewards.models import Redemption, VoucherUse
from rewards.operations import (
    RewardsError,
    give_back_vouchers,
    pay_with_points,
    roll_back_redemption,
    use_vouchers,
)
from rewards.operations.redeeming import cause_of


def are_concerned(*, program, source: str, activities: Sequence[ActivityInput]) -> bool:
    """Whether any of them uses vouchers or points, or refunds a sale that did."""
    if any(activity.vouchers or activity.redeem_points for activity in activities):
        return True
    refunded = {activity.refunds for activity in activities if activity.refunds}
    if not refunded:
        return False
    sales = {"source": source, "external_id__in": refunded}
    return (
        _payments(program, **sales).exists()
        or VoucherUse.objects.filter(voucher__program=program, undoing__isnull=True, **sales).exists()
    )


def settle(*, program, source: str, activity: ActivityInput, member_id: int, at: datetime, by) -> ActivityInput:
    """Use what pays the sale, and say what points paid of it; or return it all where a refund is the last.

    Staff hear why a voucher is refused; other callers could learn codes by trying. Raises `ActivityRefused`.
    """
    if activity.kind == Kind.REFUND:
        _return(program, source, activity, member_id, at, by)
        return activity
    sale = {"program": program, "source": source, "external_id": activity.external_id}
    pays = activity.vouchers or activity.redeem_points
    if not pays or Activity.objects.filter(**sale).exists():  # a retry pays nothing
        return activity
    sale |= {"store": Store.objects.filter(program=program, code=activity.store).first(), "at": at, "by": by}
    if activity.vouchers:
        _use_vouchers(activity, member_id, sale)
    return _pay(activity, member_id, sale) if activity.redeem_points else activity


def _use_vouchers(activity: ActivityInput, member_id: int, sale: dict) -> None:
    """Their conditions are about the basket before them, which the lines tell where they have prices."""
    priced = sum(line.quantity * line.unit_price for line in activity.lines if line.unit_price is not None)
    try:
        use_vouchers(
            **sale,
            codes=activity.vouchers,
            amount=max(activity.amount or 0, priced),
            lines=activity.lines,
            member_id=member_id,
            trusted=sale["by"] is not None,
        )
    except RewardsError as refusal:
        raise ActivityRefused(Refused(refusal.code, "vouchers", str(refusal))) from refusal


def _pay(activity: ActivityInput, member_id: int, sale: dict) -> ActivityInput:
    try:
        payment = pay_with_points(
            **sale,
            member_id=member_id,
            amount=activity.amount or 0,
            lines=activity.lines,
            points=activity.redeem_points,
            currency=activity.redeem_currency,
        )
    except (RewardsError, LedgerError) as refusal:
        raise ActivityRefused(Refused(refusal.code, "redeem_points", str(refusal))) from refusal
    paid = replace(activity, points_paid=payment.value)
    if fault := tender_fault(paid):
        raise ActivityRefused(fault)
    return paid


def _return(program, source: str, refund: ActivityInput, member_id: int, at: datetime, by) -> None:
    """Whether it is the last refund is known once nobody else can record another: with the accounts locked."""
    payments = list(_payments(program, source=source, external_id=refund.refunds).order_by("pk"))
    drawn = entries_of(program=program, causes=[cause_of(payment) for payment in payments])
    Batch(program=program, member_ids={member_id, *drawn.values_list("account__member", flat=True)})
    purchase = purchases(program=program, source=source, external_ids=[refund.refunds]).get(refund.refunds)
    if purchase is None or purchase.fault(refund, member_id):
        return  # the recording refuses it with the reason
    if refund.amount is not None and refund.amount < purchase.left:
        return
    for payment in payments:
        roll_back_redemption(redemption=payment, reason=_("The sale was refunded."), at=at, by=by)
    give_back_vouchers(program=program, source=source, external_id=refund.refunds, at=at, by=by)


def _payments(program, **sales):
    """Points that paid these sales and were not given back. A reward that was redeemed there is no payment."""
    done = {"state": Redemption.State.DONE, "burn_rule__isnull": False}
    return Redemption.objects.filter(program=program, **done, **sales)
