"""How winners are drawn: a pure function of a seed and the tickets, so that anybody can draw again. No database.

The tickets are written one line for each entry, `entry:member:tickets`, in the order of the entries' numbers; their
hash is part of every number drawn, so that the seed alone decides nothing. The n-th number is HMAC-SHA256 of
`hash:n` under the seed, read as a whole number; numbers that would favour some tickets are passed over. Who has been
drawn is taken out of the drum with all tickets.
"""

import hmac
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import accumulate
from typing import NamedTuple

LARGEST = 2**256


class Ticket(NamedTuple):
    """What one entry has in the drum."""

    entry: int
    member: int
    tickets: int


def commitment_of(seed: str) -> str:
    return sha256(bytes.fromhex(seed)).hexdigest()


def digest_of(tickets: Sequence[Ticket]) -> str:
    lines = "".join(f"{entry}:{member}:{count}\n" for entry, member, count in tickets)
    return sha256(lines.encode()).hexdigest()


def draw(seed: str, tickets: Sequence[Ticket], count: int) -> list[Ticket]:
    """The entries that are drawn, `count` of them at most, each of another member."""
    numbers = _numbers(seed, digest_of(tickets))
    drum = [ticket for ticket in tickets if ticket.tickets > 0]
    drawn: list[Ticket] = []
    while drum and len(drawn) < count:
        ends = list(accumulate(ticket.tickets for ticket in drum))
        total = ends[-1]
        number = next(number for number in numbers if number < LARGEST // total * total)
        found = drum[bisect_right(ends, number % total)]
        drawn.append(found)
        drum = [ticket for ticket in drum if ticket.member != found.member]
    return drawn


def _numbers(seed: str, digest: str) -> Iterator[int]:
    n = 0
    while True:
        yield int.from_bytes(hmac.digest(bytes.fromhex(seed), f"{digest}:{n}".encode(), "sha256"))
        n += 1
