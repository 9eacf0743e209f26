"""What points come to between a partner and a program. Pure functions over plain values: no database, no clock.

Amounts are minor units and signed: above zero the partner owes the program, below zero the program owes the partner.
A rate is minor units per point. What undoes a line takes the difference between what its points came to before and
after, so that a line that is undone bit by bit ends at nothing, whatever the rounding.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import NamedTuple

MODES = {"floor": ROUND_FLOOR, "round": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "ceil": ROUND_CEILING}


def worth(points: int, rate: Decimal, rounding: str) -> int:
    """What so many points (never below zero) come to, in whole minor units."""
    return int((points * rate).quantize(Decimal(1), rounding=MODES[rounding]))


def undone_worth(*, points: int, undone: int, now: int, rate: Decimal, rounding: str) -> int:
    """What undoing `now` more of a line's `points` takes off, when `undone` of them were undone before."""
    left = points - undone
    return worth(left, rate, rounding) - worth(left - now, rate, rounding)


@dataclass(frozen=True, slots=True)
class Room:
    """What a contract still lets its partner give: `month` and `total` of its budgets, `prepaid` of its packs; None is
    without limit. With `refuses` more than that is refused as a whole, else trimmed."""

    month: int | None = None
    total: int | None = None
    prepaid: int | None = None
    refuses: bool = False

    @property
    def left(self) -> int | None:
        limits = [limit for limit in (self.month, self.total, self.prepaid) if limit is not None]
        return max(min(limits), 0) if limits else None

    def granted(self, desired: int) -> int | None:
        """What is granted of `desired`; None where it is refused."""
        left = self.left
        if left is None or desired <= left:
            return desired
        return None if self.refuses else left


class Draw(NamedTuple):
    pack: int
    points: int


def draw(points: int, packs: Iterable[tuple[int, int]]) -> list[Draw]:
    """Which packs give the points: `packs` are number and what is left, first bought first. May fall short."""
    draws = []
    for pack, left in packs:
        if part := min(points, left):
            draws.append(Draw(pack, part))
            points -= part
        if not points:
            break
    return draws


def put_back(points: int, draws: Sequence[Draw]) -> list[Draw]:
    """Into which packs points return: the last drawn first."""
    return draw(points, list(reversed(draws)))
