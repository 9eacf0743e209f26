from datetime import datetime, timedelta

from loyalty.subscriptions.models import Charge, Subscription
from loyalty.subscriptions.operations.benefits import close_benefits
from loyalty.subscriptions.operations.saving import save, tell, today


def end(subscription: Subscription, *, ending: str, at: datetime, by) -> None:
    """The subscription is over from `at` on, and so are its benefits; what was not paid is not asked for any more.

    What the member asked for is a cancellation; all else is an expiry. The caller holds the row.
    """
    is_asked = ending == Subscription.Ending.ASKED
    subscription.state = Subscription.State.CANCELLED if is_asked else Subscription.State.EXPIRED
    subscription.ending = ending
    subscription.ended_at = at
    if subscription.paused_days is not None:
        subscription.period_end = max(
            today(subscription, at) + timedelta(days=subscription.paused_days),
            subscription.period_start + timedelta(days=1),
        )
    subscription.due_date = subscription.paused_at = subscription.paused_days = None
    subscription.next_plan = subscription.next_price = None
    save(subscription, at=at, by=by)
    close_benefits(subscription, at)
    Charge.objects.filter(subscription=subscription, state=Charge.State.PENDING).update(state=Charge.State.FAILED)
    kind = "subscription.cancelled" if is_asked else "subscription.expired"
    tell(subscription, kind, at, reason=ending)
