"""What subscriptions do when two members become one, when one is forgotten, and when one asks for everything.

The subscription that runs follows the person; where both have one, the kept member's goes on and the other ends with
what is paid for, so that nobody pays twice for one person. Charges and receipts stay where they are booked.
"""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from loyalty.subscriptions.models import Charge, ChargeRefund, Subscription
from loyalty.subscriptions.operations.benefits import close_benefits, open_benefits
from loyalty.subscriptions.operations.ending import end
from loyalty.subscriptions.operations.saving import held, save
from members import registry
from members.models import Member

NAME = "subscriptions"
ERASED = "–"


def merge(*, keep: Member, absorb: Member, merge_id: int, at: datetime, by) -> dict[str, list]:
    moved, stopped = [], []
    for subscription in _live(absorb):
        if Subscription.objects.live().filter(program=subscription.program_id, member=keep).exists():
            stopped.append(subscription.pk)
            _let_end(subscription, at, by)
        else:
            trial_end = subscription.trial_end
            moved.append([subscription.pk, trial_end.isoformat() if trial_end else None])
            had_trial = Subscription.objects.filter(
                program=subscription.program_id, member=keep, trial_end__isnull=False
            )
            _hand_over(subscription, keep, None if had_trial.exists() else trial_end, at, by)
    return {"moved": moved, "stopped": stopped}


def unmerge(*, keep: Member, absorb: Member, moved: dict[str, list], merge_id: int, at: datetime, by) -> None:
    """Each subscription goes back as it is by now; one that has ended meanwhile has ended."""
    for number, trial_end in moved["moved"]:
        subscription = held(number)
        if subscription.member_id == keep.pk:
            _hand_over(subscription, absorb, date.fromisoformat(trial_end) if trial_end else None, at, by)
    for number in moved["stopped"]:
        subscription = held(number)
        if subscription.is_live:
            subscription.ends_with_period = False
            save(subscription, at=at, by=by)


def erase(*, member_ids: list[int], at: datetime, by) -> None:
    """Nothing is collected any more; who the payment provider knows, and what staff wrote, goes. Amounts stay."""
    for subscription in _live(*member_ids):
        end(subscription, ending=Subscription.Ending.MEMBER, at=at, by=by)
    blank = {"customer": "", "payment_method": "", "cancelled_reason": ""}
    Subscription.objects.filter(member__in=member_ids).update(**blank)
    Subscription.history.filter(member__in=member_ids).update(**blank)
    ChargeRefund.objects.filter(member__in=member_ids).update(reason=ERASED)


def export(*, member_ids: list[int]) -> list[dict[str, Any]]:
    """Every subscription with what was charged for it."""
    mine = Subscription.objects.filter(member__in=member_ids).select_related("program", "plan")
    return [
        {
            "program": each.program.code,
            "plan": each.plan.code,
            "state": each.state,
            "subscribed_at": each.subscribed_at.isoformat(),
            "ended_at": each.ended_at.isoformat() if each.ended_at else None,
            "why_it_ended": each.ending,
            "reason": each.cancelled_reason,
            "customer": each.customer,
            "charges": [_charge(charge) for charge in each.charges.order_by("period_start", "pk")],
        }
        for each in mine.prefetch_related("charges").order_by("pk")
    ]


def _charge(charge: Charge) -> dict[str, Any]:
    return {
        "from": charge.period_start.isoformat(),
        "until": charge.period_end.isoformat(),
        "amount": charge.amount,
        "currency": charge.currency,
        "state": charge.state,
        "paid_at": charge.paid_at.isoformat() if charge.paid_at else None,
        "receipt": charge.receipt_number,
        "refunded": charge.refunded,
    }


def _live(*members: Member | int) -> list[Subscription]:
    """Held, in one order: nobody waits in a ring."""
    rows: QuerySet[Subscription] = Subscription.objects.live().filter(member__in=members).order_by("pk")
    return [held(number) for number in rows.values_list("pk", flat=True)]


def _hand_over(subscription: Subscription, member: Member, trial_end: date | None, at: datetime, by) -> None:
    close_benefits(subscription, at)
    subscription.member, subscription.trial_end = member, trial_end
    save(subscription, at=at, by=by)
    if subscription.has_benefits:
        open_benefits(subscription, at)


def _let_end(subscription: Subscription, at: datetime, by) -> None:
    """With the days that are paid for; where none are, at once."""
    if subscription.state == Subscription.State.PAST_DUE:
        end(subscription, ending=Subscription.Ending.MEMBER, at=at, by=by)
        return
    subscription.ends_with_period = True
    subscription.next_plan = subscription.next_price = None
    save(subscription, at=at, by=by)
    close_benefits(subscription, at)


def register() -> None:
    registry.register(NAME, merge=merge, unmerge=unmerge, erase=erase, export=export)
