"""`x-adobe-commerce-webhook-signature`: RSA with SHA-256 over the body in base64, by the key pair that Commerce made.

The “secret” of such a connection is Commerce's public key. Commerce names no delivery: a body names itself.
"""

from base64 import b64encode
from collections.abc import Mapping

from loyalty.connectors.facts import Named
from loyalty.connectors.signing import rsa_signed


def sent_by(*, secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    return rsa_signed(secret, b64encode(body), headers.get("x-adobe-commerce-webhook-signature", ""))


def named(*, body: bytes, headers: Mapping[str, str]) -> Named:
    return Named("", "")
