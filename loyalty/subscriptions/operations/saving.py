from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from loyalty.events.operations import emit
from loyalty.lib.periods import local_date
from loyalty.subscriptions.models import Subscription
from loyalty.subscriptions.operations.errors import SubscriptionRefused


def held(subscription_id: int) -> Subscription:
    """The subscription as it stands, held until the end of the transaction."""
    rows = Subscription.objects.select_for_update(of=("self",))
    return rows.select_related("program", "plan", "next_plan", "member").get(pk=subscription_id)


def held_live(subscription_id: int) -> Subscription:
    """The same. Raises `SubscriptionRefused` where it has ended."""
    subscription = held(subscription_id)
    if not subscription.is_live:
        ended = (
            _("This subscription was cancelled and is over: let the member subscribe again.")
            if subscription.state == subscription.State.CANCELLED
            else _("This subscription has expired: let the member subscribe again.")
        )
        raise SubscriptionRefused(ended, "subscription_ended")
    return subscription


def save(subscription: Any, *, at: datetime, by) -> None:
    """Save with who and when in the history."""
    subscription._history_user, subscription._history_date = by, at
    subscription.save()


def tell(subscription: Subscription, kind: str, at: datetime, **payload) -> None:
    emit(
        kind=kind,
        program_code=subscription.program.code,
        member_id=subscription.member_id,
        occurred_at=at,
        recorded_at=at,
        payload={"subscription": subscription.pk, "plan": subscription.plan.code, **payload},
    )


def today(subscription: Subscription, at: datetime) -> date:
    return local_date(at, subscription.program.tzinfo)
