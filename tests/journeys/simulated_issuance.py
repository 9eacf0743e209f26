"""What a program of one point per full dollar gives each month for 100 points, worked out without the product.

For the comparison only: plain Python over the log, one member after the other, points with a last day in a list. It
shares no code with the ledger, the jobs or the calendar of the product.
"""

import csv
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import NamedTuple

STEP = 100


class Issued(NamedTuple):
    rewards: Counter  # by the first day of the month
    earned: int
    expired: int
    outstanding: int


def simulate(log: Path, months: list[date]) -> Issued:
    """On each first of a month: what was bought before that day counts, what is a year old lapses, then rewards."""
    rewards, earned, expired, outstanding = Counter(), 0, 0, 0
    for purchases in _purchases(log).values():
        lots, later = [], sorted(purchases)
        earned += sum(points for _, points in later)
        for month in months:
            lots += [[day, points] for day, points in later if day < month]
            later = [(day, points) for day, points in later if day >= month]
            expired += sum(points for day, points in lots if _a_year_after(day) <= month)
            lots = [lot for lot in lots if _a_year_after(lot[0]) > month]
            rewards[month] += _spend(lots)
        outstanding += sum(points for _, points in lots) + sum(points for _, points in later)
    return Issued(rewards, earned, expired, outstanding)


def _purchases(log: Path) -> dict[str, list[tuple[date, int]]]:
    purchases = defaultdict(list)
    with log.open(newline="") as file:
        for row in csv.DictReader(file):
            dollars = int(row["amount"].partition(".")[0])
            purchases[row["member"]].append((date.fromisoformat(row["occurred_at"]), dollars))
    return purchases


def _a_year_after(day: date) -> date:
    return day.replace(year=day.year + 1)  # the log has no 29 February


def _spend(lots: list[list]) -> int:
    """Take full hundreds, oldest points first; how many hundreds."""
    count = sum(points for _, points in lots) // STEP
    wanted = count * STEP
    for lot in lots:
        taken = min(wanted, lot[1])
        lot[1] -= taken
        wanted -= taken
    return count
