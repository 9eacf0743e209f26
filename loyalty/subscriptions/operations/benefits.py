"""What a subscription gives and takes away: the period with benefits, the plan on the enrolment, the gifts.

The callers hold the subscription's row.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from loyalty.programs.models import Program
from loyalty.subscriptions.models import BenefitPeriod, Charge, Plan, Subscription
from members.models import Enrolment
from rewards import operations as rewards

SOURCE = "plan-gift"


def open_benefits(subscription: Subscription, at: datetime) -> None:
    """From `at` on the member has what the plan brings. Open already: nothing changes."""
    mine = BenefitPeriod.objects.filter(subscription=subscription, ends_at__isnull=True)
    if mine.filter(plan=subscription.plan_id).exists():
        return
    close_benefits(subscription, at)
    period = BenefitPeriod.objects.create(
        program_id=subscription.program_id,
        member_id=subscription.member_id,
        subscription=subscription,
        plan_id=subscription.plan_id,
        starts_at=at,
    )
    _promise(subscription.plan, [period], at)
    _push_down(subscription, subscription.plan)


def close_benefits(subscription: Subscription, at: datetime) -> None:
    """From `at` on the member has none of it."""
    period = BenefitPeriod.objects.filter(subscription=subscription, ends_at__isnull=True).first()
    if period is None:
        return
    period.ends_at = max(at, period.starts_at)
    period.save(update_fields=["ends_at"])
    _end_promises(subscription.program, [period], at)
    _push_down(subscription, None)


@transaction.atomic
def promise_again(*, plan: Plan, at: datetime, by=None) -> None:
    """The plan's recurring gift is another one: from `at` on, who has the plan's benefits is promised that."""
    periods = list(BenefitPeriod.objects.select_for_update().filter(plan=plan, ends_at__isnull=True).order_by("pk"))
    _end_promises(plan.program, periods, at)
    _promise(plan, periods, at, by)


def _promise(plan: Plan, periods: Sequence[BenefitPeriod], at: datetime, by=None) -> None:
    reward = plan.recurring_reward
    for period in periods:
        period.promise = f"{period.pk}:{at:%Y%m%dT%H%M%S.%f}" if reward else ""
    BenefitPeriod.objects.bulk_update(periods, ["promise"], batch_size=1000)
    if reward and periods:
        rewards.entitle_many(
            program=plan.program,
            reward=reward,
            grants=[rewards.Grant(period.member_id, period.promise) for period in periods],
            every=plan.recurs,
            source=SOURCE,
            at=at,
            by=by,
        )


def _end_promises(program: Program, periods: Sequence[BenefitPeriod], at: datetime) -> None:
    """What was due before `at` stays owed."""
    if promises := [period.promise for period in periods if period.promise]:
        rewards.end_entitlement(program=program, source=SOURCE, references=promises, at=at)


def give_joining_reward(subscription: Subscription, charge: Charge, at: datetime, by) -> None:
    """Once per member and plan, with a payment that came in."""
    if reward := charge.plan.joining_reward:
        rewards.grant_reward(
            program=charge.program,
            reward=reward,
            member_id=subscription.member_id,
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


def _push_down(subscription: Subscription, plan: Plan | None) -> None:
    """The plan whose benefits the member has now, and whether it brings priority support."""
    Enrolment.objects.filter(program=subscription.program_id, member=subscription.member_id).update(
        plan=plan.code if plan else "", priority_by_plan=bool(plan and plan.priority_support)
    )


def prioritise(*, plan: Plan) -> None:
    """The plan brings priority support from now on, or no longer: to everybody who has it."""
    Enrolment.objects.filter(program=plan.program_id, plan=plan.code).update(priority_by_plan=plan.priority_support)
