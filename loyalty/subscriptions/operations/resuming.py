from datetime import datetime, timedelta

from loyalty.subscriptions.models import Subscription
from loyalty.subscriptions.operations.benefits import open_benefits
from loyalty.subscriptions.operations.saving import save, tell, today


def wake(subscription: Subscription, *, at: datetime, by) -> None:
    """The pause is over: the paid days that were left begin to run. The caller holds the row."""
    left = subscription.paused_days or 0
    day = today(subscription, at)
    subscription.state = Subscription.State.ACTIVE
    subscription.paused_at = subscription.paused_days = None
    subscription.period_end = subscription.anchor_date = subscription.due_date = day + timedelta(days=left)
    save(subscription, at=at, by=by)
    open_benefits(subscription, at)
    tell(subscription, "subscription.resumed", at, period_end=subscription.period_end)
