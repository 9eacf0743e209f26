"""Stripe: a saved means of payment is charged while the member is away, by one PaymentIntent per charge.

A PaymentIntent can succeed once, so that a charge whose attempts follow each other is never paid twice. Within a day
Stripe answers a repeated key with the first answer; a key that is older is looked up before anything is asked again.
Needs the extra `stripe` and the settings STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from .base import Answer, Ask, GatewayUnavailable, GiveBack, Notice, NoticeRefused, Outcome

REACHES_OUT = True
KEYS_ARE_KEPT = timedelta(hours=12)  # Stripe says at least 24
TOLERANCE = 300
FOLLOWED = "payment_intent."


def collect(ask: Ask) -> Answer:
    if not ask.payment_method:
        return Answer(Outcome.DECLINED, problem="no_payment_method")
    stripe, client = _sdk()
    try:
        if ask.is_pending:
            return _answer(client.v1.payment_intents.retrieve(ask.reference).to_dict())
        if _is_old(ask.asked_at) and (intent := _intent_of(client, ask)):
            return _answer(intent)
        if ask.reference:
            return _answer(_confirm(stripe, client, ask))
        return _answer(_create(client, ask, ask.key))
    except stripe.CardError as refusal:
        return _declined(refusal)
    except stripe.InvalidRequestError as refusal:  # no such customer, no such card: nothing was taken
        return Answer(Outcome.DECLINED, ask.reference, refusal.code or "invalid_request")
    except stripe.StripeError as error:
        raise GatewayUnavailable(type(error).__name__) from error


def give_back(ask: GiveBack) -> Answer:
    stripe, client = _sdk()
    try:
        if _is_old(ask.asked_at) and (refund := _refund_of(client, ask)):
            return _refund_answer(refund)
        refund = client.v1.refunds.create(
            {"payment_intent": ask.reference, "amount": ask.amount, "metadata": {"key": ask.key}},
            {"idempotency_key": ask.key},
        )
        return _refund_answer(refund.to_dict())
    except (stripe.CardError, stripe.InvalidRequestError) as refusal:
        return Answer(Outcome.DECLINED, problem=refusal.code or "invalid_request")
    except stripe.StripeError as error:
        raise GatewayUnavailable(type(error).__name__) from error


def read_notice(body: bytes, headers: Mapping[str, str], at: datetime) -> Notice:
    """The state is asked for and not read from the notice: notices come late, twice and in any order."""
    stripe, client = _sdk()
    try:
        stripe.WebhookSignature.verify_header(
            body, headers.get("Stripe-Signature"), settings.STRIPE_WEBHOOK_SECRET, TOLERANCE
        )
        told = json.loads(body)
        notice_id, kind = str(told["id"]), str(told["type"])
        intent_id = told["data"]["object"]["id"] if kind.startswith(FOLLOWED) else ""
    except (stripe.SignatureVerificationError, ValueError, TypeError, LookupError) as fault:
        raise NoticeRefused("Not signed by Stripe, or not an event.") from fault
    if not intent_id:
        return Notice(notice_id=notice_id, kind=kind)
    try:
        intent = client.v1.payment_intents.retrieve(intent_id).to_dict()
    except stripe.StripeError as error:
        raise GatewayUnavailable(type(error).__name__) from error
    charge = (intent.get("metadata") or {}).get("charge", "")
    return Notice(notice_id=notice_id, kind=kind, reference=intent_id, charge=charge, answer=_answer(intent))


def _sdk() -> tuple[Any, Any]:
    """The package, which only installations that use it have, and a client of it."""
    import stripe

    addresses = {"api": settings.STRIPE_API_URL} if settings.STRIPE_API_URL else None
    return stripe, stripe.StripeClient(settings.STRIPE_SECRET_KEY, base_addresses=addresses, max_network_retries=1)


def _create(client, ask: Ask, key: str) -> dict[str, Any]:
    """Create and confirm in one call."""
    intent = client.v1.payment_intents.create(
        {
            "amount": ask.amount,
            "currency": ask.currency.lower(),
            "customer": ask.customer or None,
            "payment_method": ask.payment_method,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "off_session": True,
            "confirm": True,
            "metadata": {"charge": ask.charge, "member": str(ask.member_id)},
        },
        {"idempotency_key": key},
    )
    return intent.to_dict()


def _confirm(stripe, client, ask: Ask) -> dict[str, Any]:
    """Another attempt at the same PaymentIntent; one that cannot be confirmed any more says why."""
    try:
        intent = client.v1.payment_intents.confirm(
            ask.reference,
            {"payment_method": ask.payment_method, "off_session": True},
            {"idempotency_key": ask.key},
        )
    except stripe.InvalidRequestError as refusal:
        if refusal.code != "payment_intent_unexpected_state":
            raise
        known = client.v1.payment_intents.retrieve(ask.reference).to_dict()
        return _create(client, ask, f"{ask.key}-anew") if known["status"] == "canceled" else known
    return intent.to_dict()


def _is_old(asked_at: datetime) -> bool:
    """By the clock on the wall, which is Stripe's: the key may have been forgotten."""
    return timezone.now() - asked_at > KEYS_ARE_KEPT


def _intent_of(client, ask: Ask) -> dict[str, Any] | None:
    """What became of this charge's PaymentIntent, where there is one that was not given up."""
    found = client.v1.payment_intents.search({"query": f"metadata['charge']:'{ask.charge}'"})
    intents = [intent.to_dict() for intent in found.data]
    decided = [intent for intent in intents if intent["status"] in ("succeeded", "processing", "requires_action")]
    return _first(decided)


def _refund_of(client, ask: GiveBack) -> dict[str, Any] | None:
    found = client.v1.refunds.list({"payment_intent": ask.reference, "limit": 100})
    refunds = (refund.to_dict() for refund in found.data)
    return _first(refund for refund in refunds if (refund.get("metadata") or {}).get("key") == ask.key)


def _first(rows: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    return next(iter(rows), None)


def _answer(intent: Mapping[str, Any]) -> Answer:
    status, reference = intent["status"], intent["id"]
    if status == "succeeded":
        return Answer(Outcome.PAID, reference)
    if status in ("requires_payment_method", "canceled"):
        return Answer(Outcome.DECLINED, reference, _problem(intent.get("last_payment_error") or {}) or status)
    problem = "authentication_required" if status == "requires_action" else "processing"
    return Answer(Outcome.PENDING, reference, problem)


def _declined(refusal) -> Answer:
    """The card's bank said no; the PaymentIntent stays, and the next attempt confirms it again."""
    error = (refusal.json_body or {}).get("error", {})
    intent = error.get("payment_intent") or {}
    return Answer(Outcome.DECLINED, intent.get("id", ""), _problem(error) or "card_declined")


def _problem(error: Mapping[str, Any]) -> str:
    """The bank's word before Stripe's, but for the one that asks the member to do something."""
    if error.get("code") == "authentication_required":
        return "authentication_required"
    return error.get("decline_code") or error.get("code") or ""


def _refund_answer(refund: Mapping[str, Any]) -> Answer:
    """One that is on its way counts as given."""
    if refund["status"] in ("failed", "canceled"):
        return Answer(Outcome.DECLINED, refund["id"], refund.get("failure_reason") or refund["status"])
    return Answer(Outcome.PAID, refund["id"])
