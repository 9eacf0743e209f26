"""Codes that people read aloud, type and scan: voucher codes, card numbers, member numbers.

A code is random symbols of an alphabet without look-alikes, after an optional prefix, closed by a check symbol. It is
not a sequence and says nothing about its owner. One symbol holds 4.95 bits: 17 random ones hold 84.

The check is a sum weighted by position, modulo 31. Since 31 is prime and the weights differ, every single wrong symbol
and every exchange of two symbols is found (J. Kirtland, Identification Numbers and Check Digit Schemes, 2001, ch. 4).
"""

import secrets
from operator import mul

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
BASE = len(ALPHABET)
LONGEST = BASE - 1  # beyond it two positions would share a weight

_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
# Bytes from 248 up are dropped, so that each symbol keeps the same chance.
_EVEN = 256 // BASE * BASE
_TOO_HIGH = bytes(range(_EVEN, 256))
_TO_VALUE = bytes(byte % BASE for byte in range(256))
_TO_SYMBOL = bytes(ord(ALPHABET[byte % BASE]) for byte in range(256))


def generate(n_codes, length=17, prefix=""):
    """`n_codes` different codes of `length` random symbols, with `prefix` in front and the check symbol behind."""
    size = len(prefix) + length + 1
    if size > LONGEST:
        raise ValueError(f"a code has at most {LONGEST} symbols")
    if n_codes > BASE**length // 2:
        raise ValueError("too few symbols for so many codes")
    head = [_VALUE[symbol] for symbol in prefix]
    head_sum = sum(map(mul, range(size, 1, -1), head))
    weights = range(length + 1, 1, -1)
    codes = set()
    while len(codes) < n_codes:
        values = _random_values((n_codes - len(codes)) * length)
        symbols = values.translate(_TO_SYMBOL).decode("ascii")
        for start in range(0, len(values), length):
            end = start + length
            check = -(head_sum + sum(map(mul, weights, values[start:end]))) % BASE
            codes.add(prefix + symbols[start:end] + ALPHABET[check])
    return list(codes)


def normalise(text):
    """The code as it is stored, from what somebody typed: capitals, without spaces and dashes."""
    return "".join(text.split()).replace("-", "").upper()


def is_valid(code):
    """Whether the check symbol of a normalised code is right. A valid code need not exist."""
    if not 2 <= len(code) <= LONGEST or not _VALUE.keys() >= set(code):
        return False
    return sum(map(mul, range(len(code), 0, -1), map(_VALUE.__getitem__, code))) % BASE == 0


def _random_values(n):
    values = b""
    while len(values) < n:
        values += secrets.token_bytes(n - len(values) + 16).translate(_TO_VALUE, _TOO_HIGH)
    return values[:n]
