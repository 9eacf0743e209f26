"""`X-WC-Webhook-Signature`: base64 of HMAC-SHA256 over the raw body, by the webhook's own secret."""

from collections.abc import Mapping

from loyalty.connectors.facts import Named
from loyalty.connectors.signing import base64_hmac, matches


def sent_by(*, secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """A webhook that is being saved greets with its number alone, unsigned; that is not stored."""
    return matches(base64_hmac(secret, body), headers, "X-WC-Webhook-Signature")


def named(*, body: bytes, headers: Mapping[str, str]) -> Named:
    return Named(headers.get("X-WC-Webhook-Delivery-ID", ""), headers.get("X-WC-Webhook-Topic", ""))
