"""`Typeform-Signature`: `sha256=` and base64 of HMAC-SHA256 over the raw body, by the webhook's secret."""

from collections.abc import Mapping

from loyalty.connectors.facts import Named
from loyalty.connectors.reading import parse, text
from loyalty.connectors.signing import base64_hmac, matches


def sent_by(*, secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    return matches("sha256=" + base64_hmac(secret, body), headers, "Typeform-Signature")


def named(*, body: bytes, headers: Mapping[str, str]) -> Named:
    payload = parse(body)
    return Named(text(payload, "event_id", ""), text(payload, "event_type", ""))
