from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.lib.periods import local_date
from loyalty.subscriptions import rules
from loyalty.subscriptions.models import Charge, ChargeRefund, Subscription
from loyalty.subscriptions.operations.benefits import withdraw_joining_reward
from loyalty.subscriptions.operations.errors import SubscriptionRefused
from loyalty.subscriptions.operations.giving_back import reserve_refund, settle_refund


class Share(StrEnum):
    """How much goes back: what the days that are left are worth, today included, or all that is left of the charge."""

    PRO_RATA = "pro_rata"
    FULL = "full"


def refund_charge(
    *, charge: Charge, share: Share | str = Share.PRO_RATA, reason: str, at: datetime, by=None
) -> ChargeRefund:
    """Give money back the way it came. The subscription goes on: cancel it where it should not.

    Raises `SubscriptionRefused` where there is nothing to give back, and `GatewayUnavailable` where there was no
    answer: the refund is written down, and the night asks again.
    """
    with transaction.atomic():
        held = Charge.objects.select_for_update(of=("self",))
        charge = held.select_related("program", "plan", "subscription").get(pk=charge.pk)
        amount = to_give_back(charge, Share(share), at)
        refund = reserve_refund(charge, amount, reason=reason, at=at, by=by)
        if charge.state == Charge.State.REFUNDED:
            withdraw_joining_reward(charge, at, by)
    return settle_refund(refund.pk, at=at)


def to_give_back(charge: Charge, share: Share, at: datetime) -> int:
    """What a refund would come to. Raises `SubscriptionRefused` where that is nothing."""
    if not charge.is_paid:
        raise SubscriptionRefused(_("This charge has not been paid: there is nothing to give back."), "not_paid")
    amount = charge.refundable
    if share is Share.PRO_RATA:
        amount = min(amount, unused_worth(charge, charge.subscription, at))
    if amount <= 0:
        raise SubscriptionRefused(_("Nothing of this charge is left to give back."), "nothing_to_refund")
    return amount


def unused_worth(charge: Charge, subscription: Subscription, at: datetime) -> int:
    """What the days that are left of the charge's period are worth, today included. A pause keeps them."""
    if (charge.period_start, charge.plan_id) != (subscription.period_start, subscription.plan_id):
        return 0  # that period is over
    if subscription.paused_days is not None:
        left = subscription.paused_days
    else:
        until = min(at, subscription.ended_at or at)
        left = (subscription.period_end - local_date(until, charge.program.tzinfo)).days
    return rules.share(charge.price, days=(charge.period_end - charge.period_start).days, left=left)


def settle_refunds(*, program, at: datetime) -> int:
    """Ask again for refunds that never got an answer. Returns how many there were."""
    waiting = ChargeRefund.objects.filter(program=program, state=ChargeRefund.State.ASKED).order_by("pk")
    ids = list(waiting.values_list("pk", flat=True))
    for refund_id in ids:
        settle_refund(refund_id, at=at)
    return len(ids)
