"""Addresses of people who asked to be forgotten: recognised when they come back, and readable by nobody.

A digest is an HMAC under the installation's key, so that a stolen table cannot be searched with a list of addresses.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.utils.crypto import salted_hmac

from members.models import Member, Suppression


class Address(NamedTuple):
    """`kind` is email, phone or external_id; an identifier is `source:identifier`."""

    kind: str
    value: str


def digest(address: Address) -> str:
    text = f"{address.kind}:{address.value.strip().lower()}"
    return salted_hmac("members.suppression", text, secret=settings.SUPPRESSION_KEY, algorithm="sha256").hexdigest()


def addresses_of(member: Member) -> list[Address]:
    found = [Address("email", member.email), Address("phone", str(member.phone or ""))]
    return [address for address in found if address.value]


def suppressed(addresses: Iterable[Address]) -> set[Address]:
    """Those of the addresses whose owner asked to be forgotten. One statement, and hashing only where there are any."""
    wanted = set(addresses)
    if not wanted or not Suppression.objects.exists():
        return set()
    by_digest = {digest(address): address for address in wanted}
    found = Suppression.objects.filter(digest__in=by_digest).values_list("digest", flat=True)
    return {by_digest[each] for each in found}
