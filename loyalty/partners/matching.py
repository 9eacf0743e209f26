"""Whose line is whose: a partner's rows against ours. Pure functions over plain values: no database, no files.

First by the reference (of several that share one, those with the same points come together first), then, among what
is left, by the same points within the tolerance of days and amount, the nearest day first.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple


class Item(NamedTuple):
    """A line of ours or a row of theirs; `amount` in minor units, above zero where the partner owes it."""

    key: int
    reference: str
    day: date
    points: int
    amount: int


class Pair(NamedTuple):
    ours: Item | None
    theirs: Item | None


@dataclass(frozen=True, slots=True)
class Tolerance:
    days: int = 0
    amount: int = 0

    def holds(self, ours: Item, theirs: Item) -> bool:
        return (
            ours.points == theirs.points
            and abs(ours.amount - theirs.amount) <= self.amount
            and abs((ours.day - theirs.day).days) <= self.days
        )


def match(ours: Iterable[Item], theirs: Iterable[Item], tolerance: Tolerance) -> list[Pair]:
    """Every line and every row once: theirs in their order, then what only we have."""
    mine, others = {item.key: item for item in ours}, {row.key: row for row in theirs}
    rows, pairs = list(others.values()), {}
    for find in (_by_reference_and_points, _by_reference, partial(_near, tolerance=tolerance)):
        for item, row in find(list(mine.values()), list(others.values())):
            pairs[row.key] = mine.pop(item.key)
            del others[row.key]
    return [*(Pair(pairs.get(row.key), row) for row in rows), *(Pair(item, None) for item in mine.values())]


def _by_reference_and_points(ours: Sequence[Item], theirs: Sequence[Item]) -> list[tuple[Item, Item]]:
    return _together(ours, theirs, lambda item: (item.reference, item.points))


def _by_reference(ours: Sequence[Item], theirs: Sequence[Item]) -> list[tuple[Item, Item]]:
    """A redemption and an accrual of one sale share its reference."""
    return _together(ours, theirs, lambda item: (item.reference, item.points > 0))


def _together(ours: Sequence[Item], theirs: Sequence[Item], key) -> list[tuple[Item, Item]]:
    waiting: dict[Hashable, list[Item]] = defaultdict(list)
    for item in reversed(ours):
        waiting[key(item)].append(item)
    return [(waiting[key(row)].pop(), row) for row in theirs if waiting[key(row)]]


def _near(ours: Sequence[Item], theirs: Sequence[Item], tolerance: Tolerance) -> list[tuple[Item, Item]]:
    waiting: dict[int, list[Item]] = defaultdict(list)
    for item in ours:
        waiting[item.points].append(item)
    found = []
    for row in theirs:
        fitting = [item for item in waiting[row.points] if tolerance.holds(item, row)]
        if fitting:
            nearest = min(fitting, key=lambda item: (abs((item.day - row.day).days), item.key))
            waiting[row.points].remove(nearest)
            found.append((nearest, row))
    return found
