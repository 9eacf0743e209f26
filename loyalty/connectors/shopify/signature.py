"""`X-Shopify-Hmac-Sha256`: base64 of HMAC-SHA256 over the raw body, by the app's secret or the shop's."""

from collections.abc import Mapping

from loyalty.connectors.facts import Named
from loyalty.connectors.signing import base64_hmac, matches


def sent_by(*, secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    return matches(base64_hmac(secret, body), headers, "X-Shopify-Hmac-Sha256")


def named(*, body: bytes, headers: Mapping[str, str]) -> Named:
    return Named(headers.get("X-Shopify-Webhook-Id", ""), headers.get("X-Shopify-Topic", ""))
