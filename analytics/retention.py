"""Retention and return as arithmetic over counts: no database, no dates.

Rates are percentages, unrounded, and None where the base is empty: a rate of nothing is not 0 %.
"""

from collections.abc import Iterable
from dataclasses import dataclass


def retention_rate(start: int, close: int, newcomers: int) -> float | None:
    """The trade's formula: X = CP − NC, then X ÷ start × 100.

    `start` counts the customers at the opening, `close` (CP) those at the close, `newcomers` (NC) those among them who
    came in between. On purchase logs the three are counts of activity windows, S, E and N: (E − N) / S × 100. There the
    rate may pass 100, because somebody who skipped the earlier window and comes back is in E and in neither N nor S.
    """
    if newcomers > close:
        raise ValueError("newcomers are counted among the customers at the close")
    return percentage(close - newcomers, start)


def return_rate(start: int, returned: int) -> float | None:
    """The share of the earlier period's buyers who bought again in this one; never above 100."""
    if returned > start:
        raise ValueError("only buyers of the earlier period can return")
    return percentage(returned, start)


def percentage(part: int, whole: int) -> float | None:
    return part / whole * 100 if whole else None


@dataclass(frozen=True, slots=True)
class PeriodCounts:
    """What one period's activity windows hold; the `report retention` contract gives the letters."""

    at_start: int  # S: active in the period before
    at_end: int  # E: active in this period
    new: int  # N: first purchase ever in this period
    returned: int  # active in the period before and in this one

    @property
    def retention_rate(self) -> float | None:
        return retention_rate(self.at_start, self.at_end, self.new)

    @property
    def return_rate(self) -> float | None:
        return return_rate(self.at_start, self.returned)


def chain(periods: Iterable[tuple[int, int, int]]) -> list[PeriodCounts]:
    """Counts of consecutive periods (active, new, returned); each starts with the one before. The first only opens."""
    counts = []
    at_start: int | None = None
    for active, new, returned in periods:
        if at_start is not None:
            counts.append(PeriodCounts(at_start, active, new, returned))
        at_start = active
    return counts
