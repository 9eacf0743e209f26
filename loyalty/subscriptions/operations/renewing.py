"""What becomes of a subscription as days go by: the trial ends, the period is paid again, a payment is tried again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.lib.periods import start_of_day
from loyalty.subscriptions import rules
from loyalty.subscriptions.models import Attempt, Charge, Subscription
from loyalty.subscriptions.operations.charging import collect, open_attempt, open_charge
from loyalty.subscriptions.operations.ending import end
from loyalty.subscriptions.operations.errors import SubscriptionRefused
from loyalty.subscriptions.operations.resuming import wake
from loyalty.subscriptions.operations.saving import held, held_live, today
from members.models import Enrolment, Member


def renew(*, subscription: Subscription, at: datetime, by=None) -> Subscription:
    """Do what is due by then: collect the next period, try a payment again, resume, end. Not due: nothing happens.

    Twice, at once or after a crash, it collects once. Raises `SubscriptionRefused` for one that has ended, and
    `GatewayUnavailable` where there was no answer: call again.
    """
    with transaction.atomic():
        attempt = _next(held_live(subscription.pk), at, by)
    while attempt is not None:
        renewed = collect(attempt.pk, at=at, by=by)
        with transaction.atomic():
            renewed = held(subscription.pk)
            attempt = _next(renewed, at, by) if renewed.is_live else None
    return Subscription.objects.select_related("program", "plan", "member").get(pk=subscription.pk)


def retry(*, subscription: Subscription, at: datetime, by=None) -> Subscription:
    """Ask for the payment that is due now, whatever the schedule says."""
    with transaction.atomic():
        subscription = held_live(subscription.pk)
        if subscription.state != Subscription.State.PAST_DUE:
            raise SubscriptionRefused(_("No payment is due."), "nothing_due")
        attempt = open_attempt(_charge_due(subscription, at), at)
    return collect(attempt.pk, at=at, by=by)


def _next(subscription: Subscription, at: datetime, by) -> Attempt | None:
    """The attempt that is to be made now; None where nothing is due any more. The caller holds the row."""
    day = today(subscription, at)
    if subscription.due_date is None or subscription.due_date > day:
        return None
    if subscription.state == Subscription.State.PAUSED:
        wake(subscription, at=start_of_day(subscription.due_date, subscription.program.tzinfo), by=by)
        return _next(subscription, at, by)
    if subscription.state == Subscription.State.PAST_DUE:
        return _dun(subscription, at, by)
    return _next_period(subscription, at, by)


def _next_period(subscription: Subscription, at: datetime, by) -> Attempt | None:
    over_at = start_of_day(subscription.period_end, subscription.program.tzinfo)
    if subscription.ends_with_period:
        end(subscription, ending=Subscription.Ending.ASKED, at=over_at, by=by)
        return None
    if ending := _cannot_go_on(subscription):
        end(subscription, ending=ending, at=over_at, by=by)
        return None
    return open_attempt(_charge_due(subscription, at), at)


def _dun(subscription: Subscription, at: datetime, by) -> Attempt | None:
    """The next attempt of the schedule, or the end of the days of grace."""
    charge, plan = _charge_due(subscription, at), subscription.plan
    if charge.attempted_at is None or charge.tries.filter(state=Attempt.State.ASKED).exists():
        return open_attempt(charge, at)
    failed = subscription.failed_date or subscription.period_end
    tried = today(subscription, charge.attempted_at)
    following = rules.next_step(failed, plan.retry_days, plan.grace_days, tried)
    if following.step is rules.Step.RETRY:
        return open_attempt(charge, at)
    over_at = min(at, start_of_day(following.on, subscription.program.tzinfo))
    end(subscription, ending=Subscription.Ending.UNPAID, at=over_at, by=by)
    return None


def _charge_due(subscription: Subscription, at: datetime) -> Charge:
    """The charge of the next period; of the first one, where none was ever paid. The period keeps the anchor's day."""
    plan = subscription.next_plan or subscription.plan
    price = subscription.price if subscription.next_price is None else subscription.next_price
    if subscription.began_at is None:
        start, until = subscription.period_start, subscription.period_end
    else:
        start = subscription.period_end
        until = rules.period_end(subscription.anchor_date, plan.every, start)
    return open_charge(subscription, plan=plan, price=price, start=start, end=until, at=at)


def _cannot_go_on(subscription: Subscription) -> str:
    """Why no further period is sold; empty where one is."""
    if not subscription.program.earns_on(subscription.period_end):
        return Subscription.Ending.CLOSED
    mine = Enrolment.objects.filter(program=subscription.program_id, member=subscription.member_id)
    is_there = mine.filter(status=Enrolment.Status.ACTIVE).exists()
    return "" if is_there and subscription.member.status == Member.Status.ACTIVE else Subscription.Ending.MEMBER
