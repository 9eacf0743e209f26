"""A payment provider to play with: it declines, delays, asks for authentication and sends signed notices, as scripted.

Its tables stand for the outside world. Outside a transaction what it took is committed by itself, whatever becomes of
the caller; inside one (a story in a scratch database) both are undone together. Nothing here is random.

    script(member_id=7, results=["declined", "ok"])   # the next attempt is declined, all later ones are paid
    body, headers = settle(key=…, paid=True, at=…)    # what was delayed is decided; post it to the notice's address
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from loyalty.subscriptions.models import FakePayment, FakeRefund, FakeScript

from .base import Answer, Ask, GiveBack, Notice, NoticeRefused, Outcome

REACHES_OUT = False
HEADER = "X-Fake-Signature"
TOLERANCE = timedelta(minutes=5)
RESULTS = {
    "ok": (Outcome.PAID, ""),
    "declined": (Outcome.DECLINED, "card_declined"),
    "delayed": (Outcome.PENDING, "processing"),
    "authentication": (Outcome.PENDING, "authentication_required"),
}


def script(*, member_id: int, results: Sequence[str]) -> None:
    """What the next attempts of this member come to, one by one: ok, declined, delayed or authentication. The last one
    stays in force. Without a script everything is ok."""
    if unknown := [result for result in results if result not in RESULTS]:
        raise ValueError(f"The fake gateway knows no {unknown[0]!r}: {', '.join(RESULTS)}.")
    FakeScript.objects.update_or_create(member_id=member_id, defaults={"results": list(results)})


def collect(ask: Ask) -> Answer:
    try:
        with transaction.atomic():
            payment = FakePayment.objects.filter(key=ask.key).first() or _pay(ask)
    except IntegrityError:  # somebody asked with this key at the same moment
        payment = FakePayment.objects.get(key=ask.key)
    return _answer(payment)


def give_back(ask: GiveBack) -> Answer:
    payment = FakePayment.objects.get(key=ask.paid_key)
    FakeRefund.objects.get_or_create(key=ask.key, defaults={"payment": payment, "amount": ask.amount})
    return Answer(Outcome.PAID, f"refund_{ask.key}")


def settle(*, key: str, paid: bool, at: datetime) -> tuple[bytes, dict[str, str]]:
    """Decide a payment that was delayed or waited for authentication, and give the signed notice about it."""
    payment = FakePayment.objects.get(key=key)
    payment.state, payment.problem = (Outcome.PAID, "") if paid else (Outcome.DECLINED, "card_declined")
    payment.save()
    return notice(payment, at=at)


def notice(payment: FakePayment, *, at: datetime) -> tuple[bytes, dict[str, str]]:
    body = json.dumps({"id": f"{payment.key}.{payment.state}", "type": f"payment.{payment.state}", "key": payment.key})
    stamp = str(int(at.timestamp()))
    return body.encode(), {HEADER: f"t={stamp},v1={_signature(stamp, body.encode())}"}


def read_notice(body: bytes, headers: Mapping[str, str], at: datetime) -> Notice:
    stamp, signature = _parts(headers.get(HEADER, ""))
    if not hmac.compare_digest(_signature(stamp, body), signature):
        raise NoticeRefused("The signature is not ours.")
    if abs(at.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise NoticeRefused("The notice is too old.")
    told = json.loads(body)
    payment = FakePayment.objects.filter(key=told["key"]).first()
    answer = _answer(payment) if payment else None
    return Notice(notice_id=told["id"], kind=told["type"], key=told["key"], answer=answer)


def _pay(ask: Ask) -> FakePayment:
    outcome, problem = RESULTS[_next_result(ask.member_id)]
    return FakePayment.objects.create(
        key=ask.key,
        member_id=ask.member_id,
        amount=ask.amount,
        currency=ask.currency,
        state=outcome,
        problem=problem,
        asked_at=ask.at,
    )


def _next_result(member_id: int) -> str:
    held = FakeScript.objects.select_for_update().filter(member_id=member_id).first()
    if held is None or not held.results:
        return "ok"
    result = held.results[0]
    if len(held.results) > 1:
        held.results = held.results[1:]
        held.save()
    return result


def _answer(payment: FakePayment) -> Answer:
    return Answer(Outcome(payment.state), f"fake_{payment.pk}", payment.problem)


def _signature(stamp: str, body: bytes) -> str:
    secret = f"fake-gateway:{settings.SECRET_KEY}".encode()
    return hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _parts(header: str) -> tuple[str, str]:
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    stamp, signature = parts.get("t", ""), parts.get("v1", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and signature.isascii()):
        raise NoticeRefused("There is no signature.")
    return stamp, signature
