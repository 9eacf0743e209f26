"""`Sm-Signature`: base64 of HMAC-SHA1 over the raw body, by the app's client id and secret, joined by `&`.

The secret of such a connection is written in that way: `client_id&client_secret`.
"""

from collections.abc import Mapping

from loyalty.connectors.facts import Named
from loyalty.connectors.reading import parse, text
from loyalty.connectors.signing import base64_hmac, matches


def sent_by(*, secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    return matches(base64_hmac(secret, body, "sha1"), headers, "Sm-Signature")


def named(*, body: bytes, headers: Mapping[str, str]) -> Named:
    payload = parse(body)
    return Named(text(payload, "event_id", ""), text(payload, "event_type", ""))
