"""A balance over time, from its movements. Plain values, no database."""

from datetime import date, timedelta
from itertools import accumulate

from loyalty.lib.periods import ONE_DAY, Every, add_months, period_start

FEW_DAYS = 92
MOST_MONTHS = 36


def steps(first: date, last: date) -> list[date]:
    """The days at whose end the balance is read, oldest first: each day of a short life, else the ends of months."""
    if (last - first).days <= FEW_DAYS:
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]
    month = period_start(last, Every.MONTH)
    ends = [add_months(month, -number) - ONE_DAY for number in range(MOST_MONTHS)]
    return [end for end in reversed(ends) if end >= first] + [last]


def balances(moves: list[tuple[date, int]], last: date) -> list[tuple[date, int]]:
    """What is held at the end of each step. `moves` are (day, points), oldest first."""
    if not moves:
        return []
    days, held = [day for day, _points in moves], list(accumulate(points for _day, points in moves))
    found, position = [], 0
    for end in steps(days[0], max(last, days[-1])):
        while position < len(days) and days[position] <= end:
            position += 1
        found.append((end, held[position - 1] if position else 0))
    return found
