"""What a subscription gives and takes away: the period with benefits, the plan on the enrolment, the gifts.

The callers hold the subscription's row.
"""

from datetime import datetime

from loyalty.subscriptions.models import BenefitPeriod, Charge, Subscription
from members.models import Enrolment
from rewards import operations as rewards

SOURCE = "subscription"


def open_benefits(subscription: Subscription, at: datetime) -> None:
    """From `at` on the member has what the plan brings. Open already: nothing changes."""
    mine = BenefitPeriod.objects.filter(subscription=subscription, ends_at__isnull=True)
    if mine.filter(plan=subscription.plan_id).exists():
        return
    close_benefits(subscription, at)
    BenefitPeriod.objects.create(
        program_id=subscription.program_id,
        member_id=subscription.member_id,
        subscription=subscription,
        plan_id=subscription.plan_id,
        starts_at=at,
    )
    _push_down(subscription, subscription.plan.code)


def close_benefits(subscription: Subscription, at: datetime) -> None:
    """From `at` on the member has none of it."""
    period = BenefitPeriod.objects.filter(subscription=subscription, ends_at__isnull=True).first()
    if period is None:
        return
    period.ends_at = max(at, period.starts_at)
    period.save(update_fields=["ends_at"])
    _push_down(subscription, "")


def give_joining_reward(charge: Charge, at: datetime, by) -> None:
    """Once per member and plan, with a payment that came in."""
    if reward := charge.plan.joining_reward:
        rewards.grant_reward(
            program=charge.program,
            reward=reward,
            member_id=charge.member_id,
            source=SOURCE,
            reference=joining_reference(charge),
            at=at,
            by=by,
        )


def withdraw_joining_reward(charge: Charge, at: datetime, by) -> None:
    """The payment that earned it was given back whole. A gift that was used stays."""
    first = Charge.objects.filter(subscription=charge.subscription_id).order_by("period_start", "pk").first()
    if first == charge:
        rewards.withdraw_granted(
            program=charge.program, source=SOURCE, references=[joining_reference(charge)], at=at, by=by
        )


def joining_reference(charge: Charge) -> str:
    return f"joining:{charge.plan_id}:{charge.member_id}"


def _push_down(subscription: Subscription, code: str) -> None:
    Enrolment.objects.filter(program=subscription.program_id, member=subscription.member_id).update(plan=code)
