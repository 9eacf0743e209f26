"""Money is collected in three steps, so that a period is paid once whatever dies in between:

1. the charge and the attempt, with its key, are written and committed;
2. the gateway is asked with that key, outside of any transaction;
3. its answer is recorded.

Whoever finds an attempt without an answer asks again with its key, and gets the answer that there is.
"""

import uuid
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from loyalty.subscriptions import gateways, rules
from loyalty.subscriptions.gateways import Answer, Ask, Outcome
from loyalty.subscriptions.models import Attempt, Charge, Plan, ReceiptBook, Subscription
from loyalty.subscriptions.operations import benefits
from loyalty.subscriptions.operations.ending import end
from loyalty.subscriptions.operations.giving_back import require_no_transaction, reserve_refund, settle_refund
from loyalty.subscriptions.operations.saving import held, save, tell, today

NO_GATEWAY_NEEDED = Answer(Outcome.PAID)


def open_charge(
    subscription: Subscription,
    *,
    plan: Plan,
    price: int,
    start: date,
    end: date,
    at: datetime,
    credit: int = 0,
    credits: Charge | None = None,
) -> Charge:
    """The charge of the period, written now if it is not there yet. The caller holds the subscription."""
    charge, _created = Charge.objects.get_or_create(
        subscription=subscription,
        period_start=start,
        plan=plan,
        defaults={
            "program_id": subscription.program_id,
            "member_id": subscription.member_id,
            "period_end": end,
            "amount": price - credit,
            "credit": credit,
            "credits": credits,
            "currency": subscription.currency,
            "key": uuid.uuid4().hex,
            "created_at": at,
        },
    )
    return charge


def open_attempt(charge: Charge, at: datetime) -> Attempt:
    """The attempt that has no final answer yet, else a new one. The caller holds the subscription."""
    last = charge.tries.order_by("-number").first()
    if last is None or last.state == Attempt.State.DECLINED:
        number = last.number + 1 if last else 1
        last = Attempt.objects.create(charge=charge, number=number, key=f"{charge.key}-{number}", asked_at=at)
    charge.attempts, charge.attempted_at = last.number, at
    charge.save(update_fields=["attempts", "attempted_at"])
    return last


def collect(attempt_id: int, *, at: datetime, by=None) -> Subscription:
    """Steps two and three, for a committed attempt. Raises `GatewayUnavailable`: then ask again later."""
    attempt = Attempt.objects.select_related("charge__subscription").get(pk=attempt_id)
    charge = attempt.charge
    if charge.amount == 0:
        return record(attempt_id, NO_GATEWAY_NEEDED, at=at, by=by)
    subscription = charge.subscription
    gateway = gateways.find(subscription.gateway)
    require_no_transaction(gateway)
    answer = gateway.collect(
        Ask(
            key=attempt.key,
            charge=charge.key,
            member_id=charge.member_id,
            amount=charge.amount,
            currency=charge.currency,
            customer=subscription.customer,
            payment_method=subscription.payment_method,
            reference=charge.reference,
            is_pending=attempt.state == Attempt.State.PENDING,
            asked_at=attempt.asked_at,
            at=at,
        )
    )
    return record(attempt_id, answer, at=at, by=by)


def record(attempt_id: int, answer: Answer, *, at: datetime, by=None) -> Subscription:
    """What the gateway said; said twice, nothing changes. Money that nobody waits for any more is given back."""
    with transaction.atomic():
        subscription, refund_id = _record(attempt_id, answer, at, by)
    if refund_id is not None:
        settle_refund(refund_id, at=at)
    return subscription


def _record(attempt_id: int, answer: Answer, at: datetime, by) -> tuple[Subscription, int | None]:
    attempt = Attempt.objects.select_related("charge").get(pk=attempt_id)
    subscription = held(attempt.charge.subscription_id)
    attempt = Attempt.objects.select_related("charge__plan", "charge__program", "charge__credits").get(pk=attempt_id)
    charge = attempt.charge
    is_final = attempt.state == Attempt.State.DECLINED and answer.outcome != Outcome.PAID
    if charge.is_paid or is_final:
        return subscription, None
    attempt.state, attempt.problem, attempt.answered_at = answer.outcome, answer.problem[:60], at
    attempt.reference = answer.reference
    attempt.save(update_fields=["state", "problem", "answered_at", "reference"])
    charge.reference = answer.reference or charge.reference
    if answer.outcome == Outcome.PAID:
        return subscription, _paid(subscription, charge, subscription.gateway, at, by)
    is_open = answer.outcome == Outcome.PENDING and subscription.is_live
    charge.state, charge.problem = Charge.State.PENDING if is_open else Charge.State.FAILED, answer.problem[:60]
    charge.save(update_fields=["reference", "problem", "state"])
    if subscription.is_live and charge.credits is None:  # a change of plan that is not paid does not happen
        _unpaid(subscription, charge, at, by)
    return subscription, None


def take(charge: Charge, *, subscription: Subscription, through: str, at: datetime, by, store=None) -> None:
    """Money that came in by another way than the subscription's gateway. The caller holds the subscription."""
    charge.store, charge.taken_by = store, by
    charge.save(update_fields=["store", "taken_by"])
    _paid(subscription, charge, through, at, by)


def _paid(subscription: Subscription, charge: Charge, through: str, at: datetime, by) -> int | None:
    """Give the receipt its number and the subscription its period; returns the refund of what came too late."""
    charge.state, charge.paid_at, charge.paid_through, charge.problem = Charge.State.PAID, at, through, ""
    charge.receipt_number = _next_receipt(charge.program_id)
    charge.save(update_fields=["state", "paid_at", "paid_through", "problem", "receipt_number", "reference"])
    tell(
        subscription,
        "charge.paid",
        at,
        charge=charge.pk,
        amount=charge.amount,
        currency=charge.currency,
        receipt=charge.receipt_number,
    )
    if not is_awaited(subscription, charge):
        if not charge.amount:
            return None
        return reserve_refund(charge, charge.amount, reason=_("The payment came after the end."), at=at, by=None).pk
    _enter_period(subscription, charge, at, by)
    return None


def is_awaited(subscription: Subscription, charge: Charge) -> bool:
    """Whether the subscription still waits for this payment: the next period's, the first, or of a change of plan."""
    if not subscription.is_live or subscription.state == subscription.State.PAUSED:
        return False
    if charge.credits is not None:
        current = charge.credits.period_start == subscription.period_start and subscription.state == "active"
        return current and charge.credits.plan_id == subscription.plan_id
    is_first = subscription.began_at is None and charge.period_start == subscription.period_start
    return is_first or charge.period_start == subscription.period_end


def _enter_period(subscription: Subscription, charge: Charge, at: datetime, by) -> None:
    is_first = subscription.began_at is None
    if charge.credits is not None:
        Charge.objects.filter(pk=charge.credits.pk).update(credited=F("credited") + charge.credit)
        subscription.anchor_date = charge.period_start
    if charge.plan_id != subscription.plan_id:
        subscription.plan, subscription.price = charge.plan, charge.price
        subscription.next_plan = subscription.next_price = None
    subscription.period_start, subscription.period_end = charge.period_start, charge.period_end
    subscription.state = Subscription.State.ACTIVE
    subscription.began_at = subscription.began_at or at
    subscription.failed_date = None
    subscription.due_date = charge.period_end
    save(subscription, at=at, by=by)
    benefits.open_benefits(subscription, at)
    benefits.give_joining_reward(subscription, charge, at, by)
    others = Charge.objects.filter(subscription=subscription, state=Charge.State.PENDING)
    others.update(state=Charge.State.FAILED)  # a change of plan that was not paid before this period began
    kind = "subscription.started" if is_first else "subscription.renewed"
    tell(subscription, kind, at, period_start=charge.period_start, period_end=charge.period_end)


def _unpaid(subscription: Subscription, charge: Charge, at: datetime, by) -> None:
    """Not paid yet: another attempt, or the end. A first payment that is declined is the end at once."""
    is_declined = charge.state == Charge.State.FAILED
    if is_declined and subscription.began_at is None:
        end(subscription, ending=Subscription.Ending.DECLINED, at=at, by=by)
        return
    day, plan = today(subscription, at), subscription.plan
    failed = subscription.failed_date or day
    following = rules.next_step(failed, plan.retry_days, plan.grace_days, day)
    subscription.state, subscription.failed_date = Subscription.State.PAST_DUE, failed
    subscription.due_date = following.on
    save(subscription, at=at, by=by)
    if is_declined:
        tell(subscription, "subscription.payment_failed", at, charge=charge.pk, problem=charge.problem)
        if following.step is rules.Step.EXPIRE and following.on <= day:
            end(subscription, ending=Subscription.Ending.UNPAID, at=at, by=by)


def _next_receipt(program_id: int) -> int:
    """The next number; the book is held until the commit, so that no number is lost or given twice."""
    ReceiptBook.objects.get_or_create(program_id=program_id)
    ReceiptBook.objects.filter(program=program_id).update(last=F("last") + 1)
    return ReceiptBook.objects.values_list("last", flat=True).get(program=program_id)
