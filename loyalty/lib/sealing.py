"""Secrets of other systems that we must be able to read, sealed so that a copy of the database alone tells nothing.

The standard library has no cipher, so a keystream is made with HMAC-SHA256 in counter mode under a fresh nonce, and
the whole is authenticated by a second key (encrypt, then MAC). Both keys come from SECRET_KEY; what was sealed under
an older one is read while that stands in SECRET_KEY_FALLBACKS.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterator
from hashlib import sha256
from secrets import token_bytes

from django.conf import settings

NONCE, TAG = 16, 32


class CannotUnseal(Exception):
    """Sealed under another SECRET_KEY, or tampered with."""

    code = "secret_unreadable"


def seal(text: str) -> str:
    """Empty stays empty: no secret is none."""
    if not text:
        return ""
    nonce = token_bytes(NONCE)
    hidden = nonce + _crossed(text.encode(), settings.SECRET_KEY, nonce)
    return urlsafe_b64encode(hidden + _tag(hidden, settings.SECRET_KEY)).decode()


def unseal(sealed: str) -> str:
    """Raises `CannotUnseal`."""
    if not sealed:
        return ""
    try:
        whole = urlsafe_b64decode(sealed)
    except (Error, ValueError) as fault:
        raise CannotUnseal from fault
    hidden, tag = whole[:-TAG], whole[-TAG:]
    for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        if len(hidden) > NONCE and hmac.compare_digest(tag, _tag(hidden, key)):
            return _crossed(hidden[NONCE:], key, hidden[:NONCE]).decode()
    raise CannotUnseal


def sealed(column: str) -> property:
    """A model's text that is kept sealed in the column."""

    def read(row) -> str:
        return unseal(getattr(row, column))

    def write(row, text: str) -> None:
        setattr(row, column, seal(text.strip()))

    return property(read, write)


def _crossed(text: bytes, key: str, nonce: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(text, _stream(_key(key, "hide"), nonce), strict=False))


def _stream(key: bytes, nonce: bytes) -> Iterator[int]:
    counter = 0
    while True:
        yield from hmac.digest(key, nonce + counter.to_bytes(8, "big"), "sha256")
        counter += 1


def _tag(hidden: bytes, key: str) -> bytes:
    return hmac.digest(_key(key, "prove"), hidden, "sha256")


def _key(secret: str, purpose: str) -> bytes:
    return sha256(f"loyalty.sealing.{purpose}:{secret}".encode()).digest()
