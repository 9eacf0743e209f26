"""`X-Signature`: `sha256=` and HMAC-SHA256 over the raw body, in hexadecimal, by the connection's secret.

`X-Delivery-Id` names the delivery, where the system numbers them; without it a body names itself.
"""

import hmac
from collections.abc import Mapping

from loyalty.connectors.facts import Named
from loyalty.connectors.signing import matches


def sent_by(*, secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    return matches("sha256=" + hmac.digest(secret.encode(), body, "sha256").hex(), headers, "X-Signature")


def named(*, body: bytes, headers: Mapping[str, str]) -> Named:
    return Named(headers.get("X-Delivery-Id", ""), headers.get("X-Topic", ""))
