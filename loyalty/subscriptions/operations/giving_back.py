"""Money goes back as it comes in: the refund is written and committed, the gateway is asked with its key, the answer
is recorded. Nothing goes back twice, and none of the charge's amount is promised twice."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from loyalty.events.operations import emit
from loyalty.subscriptions import gateways
from loyalty.subscriptions.gateways import Answer, GiveBack, Outcome
from loyalty.subscriptions.models import Attempt, Charge, ChargeRefund
from loyalty.subscriptions.operations.errors import SubscriptionRefused


def require_no_transaction(gateway: gateways.Gateway) -> None:
    """What a provider on the internet has taken is not undone by our roll-back: RuntimeError inside a transaction."""
    with transaction.atomic(durable=gateway.REACHES_OUT):
        pass


def reserve_refund(charge: Charge, amount: int, *, reason: str, at: datetime, by) -> ChargeRefund:
    """Write the refund down, its amount taken from what the charge can still give back."""
    free = Charge.objects.filter(pk=charge.pk, state=Charge.State.PAID, amount__gte=F("refunded") + amount)
    if not free.filter(amount__gte=F("refunded") + F("credited") - F("credit") + amount).update(
        refunded=F("refunded") + amount
    ):
        raise SubscriptionRefused(_("Less than that is left of this charge to give back."), "nothing_to_refund")
    Charge.objects.filter(pk=charge.pk, refunded=F("amount")).update(state=Charge.State.REFUNDED)
    charge.refresh_from_db()
    return ChargeRefund.objects.create(
        program_id=charge.program_id,
        member_id=charge.member_id,
        charge=charge,
        amount=amount,
        key=uuid.uuid4().hex,
        reason=reason,
        asked_at=at,
        by=by,
    )


def settle_refund(refund_id: int, *, at: datetime) -> ChargeRefund:
    """Ask the gateway for a refund that was reserved, and record what it said. Settled already: nothing happens."""
    refund = ChargeRefund.objects.select_related("charge").get(pk=refund_id)
    if refund.state == ChargeRefund.State.ASKED:
        charge = refund.charge
        gateway = gateways.find(charge.paid_through)
        require_no_transaction(gateway)
        paid = charge.tries.filter(state=Attempt.State.PAID).order_by("-number").first()
        answer = gateway.give_back(
            GiveBack(
                key=refund.key,
                paid_key=paid.key if paid else "",
                reference=charge.reference,
                amount=refund.amount,
                currency=charge.currency,
                asked_at=refund.asked_at,
                at=at,
            )
        )
        _record(refund_id, answer, at)
        refund.refresh_from_db()
    return refund


@transaction.atomic
def _record(refund_id: int, answer: Answer, at: datetime) -> None:
    """Accepted, or refused: then the charge holds its amount again. A refund under way at the provider is accepted."""
    asked = ChargeRefund.objects.filter(pk=refund_id, state=ChargeRefund.State.ASKED)
    is_done = answer.outcome != Outcome.DECLINED
    state = ChargeRefund.State.DONE if is_done else ChargeRefund.State.FAILED
    if not asked.update(
        state=state, done_at=at if is_done else None, problem=answer.problem[:60], reference=answer.reference
    ):
        return
    refund = ChargeRefund.objects.select_related("program", "charge").get(pk=refund_id)
    if not is_done:
        Charge.objects.filter(pk=refund.charge_id).update(
            refunded=F("refunded") - refund.amount, state=Charge.State.PAID
        )
        return
    emit(
        kind="charge.refunded",
        program_code=refund.program.code,
        member_id=refund.member_id,
        occurred_at=at,
        recorded_at=at,
        payload={"charge": refund.charge_id, "amount": refund.amount, "currency": refund.charge.currency},
    )
