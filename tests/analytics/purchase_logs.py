"""Purchase logs for the value models: the published sample where it is at hand, and ones made by a known process."""

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def published(name: str) -> Path:
    """The file beside the repository; the test is skipped where there is none."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"needs {name}, which is not distributed with the project, in a folder shared/data beside it")
    return path


def histories(path: Path, last_day: date) -> list[tuple]:
    """(member, purchase days, first day, last day, amount of the days after the first) up to and with `last_day`."""
    days: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["occurred_at"] <= last_day.isoformat():
                days[row["member"]][row["occurred_at"]] += Decimal(row["amount"])
    return [
        (member, len(bought), min(bought), max(bought), sum(bought.values()) - bought[min(bought)])
        for member, bought in days.items()
    ]


def buy_till_you_die(members: int, *, r, alpha, a, b, seed, p=6.0, q=4.0, gamma=15.0):
    """Histories from the very process that the models assume, watched for 30 to 60 weeks: x, t_x, T, mean spend."""
    random = np.random.default_rng(seed)
    rows = []
    for T in random.uniform(30, 60, members):
        rate, leaving, scale = random.gamma(r, 1 / alpha), random.beta(a, b), random.gamma(q, 1 / gamma)
        x, t_x, clock = 0, 0.0, random.exponential(1 / rate)
        while clock <= T:
            x, t_x = x + 1, clock
            if random.random() < leaving:
                break
            clock += random.exponential(1 / rate)
        rows.append((x, t_x, T, random.gamma(p * x, 1 / (scale * x)) if x else 0.0))
    return (np.array(column) for column in zip(*rows, strict=True))
