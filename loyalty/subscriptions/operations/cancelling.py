from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.subscriptions.models import Subscription
from loyalty.subscriptions.operations.ending import end
from loyalty.subscriptions.operations.errors import SubscriptionRefused
from loyalty.subscriptions.operations.saving import held_live, save, tell


@transaction.atomic
def cancel(*, subscription: Subscription, at: datetime, by=None, now: bool = False, reason: str = "") -> Subscription:
    """End it with the period that is paid for, or with the trial; `now`, or where nothing is paid for, at once.

    Money goes back by `refund_charge` alone.
    """
    subscription = held_live(subscription.pk)
    subscription.cancelled_at, subscription.cancelled_reason = at, reason
    running = subscription.state in (Subscription.State.TRIALING, Subscription.State.ACTIVE)
    if now or not running:
        end(subscription, ending=Subscription.Ending.ASKED, at=at, by=by)
        return subscription
    subscription.ends_with_period = True
    subscription.next_plan = subscription.next_price = None
    save(subscription, at=at, by=by)
    tell(subscription, "subscription.cancellation_asked", at, period_end=subscription.period_end)
    return subscription


@transaction.atomic
def keep(*, subscription: Subscription, at: datetime, by=None) -> Subscription:
    """Take back a cancellation that has not come about yet."""
    subscription = held_live(subscription.pk)
    if not subscription.ends_with_period:
        raise SubscriptionRefused(_("No cancellation is waiting."), "not_ending")
    subscription.ends_with_period, subscription.cancelled_at, subscription.cancelled_reason = False, None, ""
    save(subscription, at=at, by=by)
    tell(subscription, "subscription.kept", at)
    return subscription
