"""Keyed hashes: what is kept of a code, and seeds that the database alone does not tell.

The key comes from SECRET_KEY. With another SECRET_KEY older codes are still known while the old key stands in Django's
SECRET_KEY_FALLBACKS; without it they are lost, as they should be for whoever only took the database.
"""

import hmac
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256

from django.conf import settings

DIGEST = 32  # hexadecimal digits: 128 bits, and two codes with the same digest will not be met


def digest_of(code: str) -> str:
    """What is kept of a normalised code."""
    return _digest(settings.SECRET_KEY, code)


def digests_of(code: str) -> list[str]:
    """What may be kept of it, under this key and the ones before."""
    return [_digest(key, code) for key in _keys()]


def seeds_of(nonce: str) -> Iterator[str]:
    """The seed that belongs to a nonce, under this key and the ones before."""
    for key in _keys():
        yield hmac.digest(_key(key, "draw"), nonce.encode(), "sha256").hex()


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _digest(key: str, code: str) -> str:
    return hmac.digest(_key(key, "code"), code.encode(), "sha256").hex()[:DIGEST]


@lru_cache(maxsize=16)
def _key(secret: str, purpose: str) -> bytes:
    return sha256(f"loyalty.challenges.{purpose}:{secret}".encode()).digest()
