from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from loyalty.subscriptions import gateways
from loyalty.subscriptions.gateways import Notice, Outcome
from loyalty.subscriptions.models import Attempt, Charge, GatewayNotice
from loyalty.subscriptions.operations.charging import record
from loyalty.subscriptions.operations.saving import held


def record_gateway_notice(
    *, gateway: str, body: bytes, headers: Mapping[str, str], at: datetime
) -> GatewayNotice.Result:
    """What a payment provider tells by itself. The same notice again changes nothing.

    Raises `NoticeRefused` where the provider's signature is missing or wrong.
    """
    notice = gateways.find(gateway).read_notice(body, headers, at)
    known = GatewayNotice.objects.filter(gateway=gateway, notice_id=notice.notice_id).first()
    if known:
        return GatewayNotice.Result(known.result)
    attempt = _attempt(gateway, notice)
    result = GatewayNotice.Result.IGNORED
    if attempt is not None and notice.answer is not None:
        result = _result(attempt, notice)
        record(attempt.pk, notice.answer, at=at)  # harmless when doubled, so the notice is noted last
    _note(gateway, notice, attempt, result, at)
    return result


def _attempt(gateway: str, notice: Notice) -> Attempt | None:
    """By its key, else by the provider's reference, else the last attempt of the charge that it names."""
    mine = Attempt.objects.filter(charge__subscription__gateway=gateway).order_by("-number")
    if notice.key:
        return mine.filter(key=notice.key).first()
    found = mine.filter(reference=notice.reference).first() if notice.reference else None
    return found or (mine.filter(charge__key=notice.charge).first() if notice.charge else None)


@transaction.atomic
def _result(attempt: Attempt, notice: Notice) -> GatewayNotice.Result:
    """Money for a charge that was paid by another way is a surplus, for staff to give back."""
    held(attempt.charge.subscription_id)
    charge = Charge.objects.get(pk=attempt.charge_id)
    attempt.refresh_from_db()
    if not charge.is_paid:
        return GatewayNotice.Result.APPLIED
    paid_otherwise = attempt.state != Attempt.State.PAID
    if paid_otherwise and notice.answer and notice.answer.outcome == Outcome.PAID:
        return GatewayNotice.Result.SURPLUS
    return GatewayNotice.Result.IGNORED


def _note(gateway: str, notice: Notice, attempt: Attempt | None, result: GatewayNotice.Result, at: datetime) -> None:
    try:
        with transaction.atomic():
            GatewayNotice.objects.create(
                gateway=gateway,
                notice_id=notice.notice_id,
                kind=notice.kind,
                charge_id=attempt.charge_id if attempt else None,
                result=result,
                received_at=at,
            )
    except IntegrityError:  # it was delivered twice at once, and the other delivery has noted it
        return
