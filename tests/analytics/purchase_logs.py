"""Purchase logs for the value models: the published sample where it is at hand, and ones made by a known process."""

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from loyalty.earning.models import Activity
from loyalty.lib import codes
from members.models import Enrolment, Member
from tests.factories.earning import ActivityFactory
from tests.factories.members import LONG_AGO

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


def bought(program, member, *moments, amount=1000, kind="purchase"):
    """The member bought at each of these moments: ISO text, in UTC unless it says otherwise."""
    rows = []
    for text in moments:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        rows.append(ActivityFactory(program=program, member=member, occurred_at=moment, amount=amount, kind=kind))
    return rows


def buyers(program, count):
    """So many new members of the program, by id."""
    numbers = codes.generate(count, length=12, prefix="M")
    members = Member.objects.bulk_create([Member(number=number, created_at=LONG_AGO) for number in numbers])
    Enrolment.objects.bulk_create([Enrolment(program=program, member=m, enrolled_at=LONG_AGO) for m in members])
    return members


def record(program, purchases):
    """Purchases as (member, moment, minor units), without the factories: they take a minute for a whole log."""
    shared = {"program": program, "source": f"log-{uuid4()}", "kind": "purchase", "currency": program.money_currency}
    Activity.objects.bulk_create(
        [
            Activity(**shared, external_id=number, member=member, occurred_at=at, recorded_at=at, amount=amount)
            for number, (member, at, amount) in enumerate(purchases)
        ],
        batch_size=2000,
    )


def load(program, path):
    """A published log as rows, without the import: members enrolled, activities recorded, no points."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = sorted({row["member"] for row in rows})
    members = dict(zip(names, buyers(program, len(names)), strict=True))
    days = {day: datetime.fromisoformat(day).replace(tzinfo=UTC) for day in {row["occurred_at"] for row in rows}}
    record(
        program,
        [(members[row["member"]], days[row["occurred_at"]], int(Decimal(row["amount"]) * 100)) for row in rows],
    )


def shoppers(program, count=200, *, seed=1, start=date(2024, 1, 1)):
    """Members who buy till they die, from `start` on; returns the day after the last that was watched."""
    random = np.random.default_rng(seed)
    x, _, T, spend = buy_till_you_die(count, r=0.9, alpha=6.0, a=0.8, b=2.5, seed=seed)
    rows = []
    for member, repeats, watched, mean in zip(buyers(program, count), x, T, spend, strict=True):
        first = 60 - watched
        for week in [first, *(first + random.uniform(0.2, watched - 0.2, repeats))]:
            moment = datetime(start.year, start.month, start.day, 12, tzinfo=UTC) + timedelta(weeks=float(week))
            rows.append((member, moment, max(1, int(100 * (mean or 20) * random.gamma(8, 1 / 8)))))
    record(program, rows)
    return start + timedelta(weeks=60, days=1)
