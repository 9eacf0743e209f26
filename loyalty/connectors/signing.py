"""Signatures: keyed hashes as vendors write them, compared in constant time, and one vendor's RSA."""

import hmac
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from hashlib import sha256

# What stands before a SHA-256 digest in a signature (RFC 8017, section 9.2, note 1).
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
RSA_OBJECT = bytes.fromhex("06092a864886f70d010101")
SMALLEST_KEY = 2048


def base64_hmac(key: str, body: bytes, digest: str = "sha256") -> str:
    return b64encode(hmac.digest(key.encode(), body, digest)).decode()


def matches(expected: str, headers: Mapping[str, str], name: str) -> bool:
    return hmac.compare_digest(expected.encode(), headers.get(name, "").strip().encode())


def rsa_signed(public_key: str, message: bytes, signature: str) -> bool:
    """Whether the base64 `signature` (PKCS #1 v1.5, SHA-256) of the message is by the owner of the PEM key.

    Checking handles nothing secret, so it needs no package: the signature is opened with the public key and must be
    exactly what the standard says, padding included.
    """
    try:
        modulus, exponent = _numbers(public_key)
        given = b64decode(signature, validate=True)
    except (Error, ValueError, IndexError):
        return False
    size = (modulus.bit_length() + 7) // 8
    if modulus.bit_length() < SMALLEST_KEY or len(given) != size or int.from_bytes(given, "big") >= modulus:
        return False
    opened = pow(int.from_bytes(given, "big"), exponent, modulus).to_bytes(size, "big")
    ending = SHA256_PREFIX + sha256(message).digest()
    return hmac.compare_digest(opened, b"\x00\x01" + b"\xff" * (size - len(ending) - 3) + b"\x00" + ending)


def is_public_key(pem: str) -> bool:
    try:
        return _numbers(pem)[0].bit_length() >= SMALLEST_KEY
    except (Error, ValueError, IndexError):
        return False


def _numbers(pem: str) -> tuple[int, int]:
    """Modulus and exponent of a PEM `PUBLIC KEY` (SubjectPublicKeyInfo)."""
    body = "".join(line for line in pem.split("\n") if not line.startswith("-----"))
    info, _end = _value(b64decode("".join(body.split()), validate=True), 0, 0x30)
    algorithm, after = _value(info, 0, 0x30)
    if not algorithm.startswith(RSA_OBJECT):
        raise ValueError("not an RSA key")
    bits, _end = _value(info, after, 0x03)
    key, _end = _value(bits[1:], 0, 0x30)
    modulus, after = _value(key, 0, 0x02)
    exponent, _end = _value(key, after, 0x02)
    return int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big")


def _value(data: bytes, start: int, tag: int) -> tuple[bytes, int]:
    """The content of one DER element and where the next one begins."""
    if data[start] != tag:
        raise ValueError("not DER as expected")
    length, begin = data[start + 1], start + 2
    if length & 0x80:
        size = length & 0x7F
        length, begin = int.from_bytes(data[begin : begin + size], "big"), begin + size
    if begin + length > len(data):
        raise ValueError("cut short")
    return data[begin : begin + length], begin + length
