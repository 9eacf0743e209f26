from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.subscriptions.models import Subscription
from loyalty.subscriptions.operations.benefits import close_benefits
from loyalty.subscriptions.operations.errors import SubscriptionRefused
from loyalty.subscriptions.operations.resuming import wake
from loyalty.subscriptions.operations.saving import held_live, save, tell, today


@transaction.atomic
def pause(*, subscription: Subscription, at: datetime, by=None, until: date | None = None) -> Subscription:
    """Stop the clock of a paid period: no benefits, no charges, and the days that are left are kept.

    `until` is the day on which it goes on by itself; without it somebody calls `resume`.
    """
    subscription = held_live(subscription.pk)
    day = today(subscription, at)
    if subscription.state != Subscription.State.ACTIVE or subscription.period_end <= day:
        raise SubscriptionRefused(_("Only a subscription that is paid up can be paused."), "not_active")
    if subscription.ends_with_period:
        raise SubscriptionRefused(
            _("This subscription ends with its period: take the cancellation back before pausing it."), "ending"
        )
    if until is not None and until <= day:
        raise SubscriptionRefused(_("The pause must end on a later day."), "pause_too_short")
    subscription.state = Subscription.State.PAUSED
    subscription.paused_at = at
    subscription.paused_days = (subscription.period_end - day).days
    subscription.due_date = until
    save(subscription, at=at, by=by)
    close_benefits(subscription, at)
    tell(subscription, "subscription.paused", at, days_left=subscription.paused_days)
    return subscription


@transaction.atomic
def resume(*, subscription: Subscription, at: datetime, by=None) -> Subscription:
    """Go on after a pause: the next period begins when the days that were left are used up."""
    subscription = held_live(subscription.pk)
    if subscription.state != Subscription.State.PAUSED:
        raise SubscriptionRefused(_("This subscription is not paused."), "not_paused")
    wake(subscription, at=at, by=by)
    return subscription
