"""Plans and subscriptions.

The shared cast: “plus”, a monthly plan at €10.00 without a trial, and “prime”, a yearly one at €100.00 with thirty
free days, both in “Les Halles” and paid through the fake gateway unless a test says otherwise. Its nights are
`pass_nights`: what the night's job does, day by day.
"""

from datetime import date, datetime, timedelta

import pytest

from loyalty.lib.periods import local_date, start_of_day
from loyalty.subscriptions import operations, queries
from loyalty.subscriptions.models import Charge, Subscription

NOON = timedelta(hours=12)


def noon(year, month, day):
    """Noon in the program's zone, or near it."""
    return datetime.fromisoformat(f"{year}-{month:02}-{day:02}T11:00+00:00")


def add_plan(program, code="plus", *, at=None, price=1000, **terms):
    names = {"name_fr": f"Formule {code}", "name_en": f"Plan {code}"}
    return operations.add_plan(
        program=program,
        code=code,
        prices={program.money_currency: price},
        at=at or noon(2024, 1, 1),
        **{"every": "month", **names, **terms},
    )


def subscribe(program, member, plan, at, **options):
    return operations.subscribe(
        program=program, member_id=member.pk, plan=plan, at=at, **{"gateway": "fake", **options}
    )


def pass_nights(program, start, end):
    """The night's work of each day after `start` up to `end`, both local days."""
    day = start + timedelta(days=1)
    while day <= end:
        at = start_of_day(day, program.tzinfo)
        for subscription in queries.due(program=program, day=day):
            operations.renew(subscription=subscription, at=at)
        day += timedelta(days=1)


class Life:
    """A member's subscription as days go by."""

    def __init__(self, program, member):
        self.program, self.member = program, member
        self._day = None

    def subscribe(self, plan, at, **options):
        self._day = local_date(at, self.program.tzinfo)
        subscribe(self.program, self.member, plan, at, **options)

    def until(self, year, month, day):
        """Pass the nights up to this day, and say how the subscription stands at noon."""
        pass_nights(self.program, self._day, date(year, month, day))
        self._day = date(year, month, day)
        return self.stands(noon(year, month, day))

    def stands(self, at):
        found = queries.subscription_of(program=self.program, member_id=self.member.pk, at=at)
        return found and (found["state"], found["paid_charges"], found["benefits"])

    @property
    def row(self):
        return Subscription.objects.filter(member=self.member).latest("pk")

    @property
    def charges(self):
        return list(Charge.objects.filter(member=self.member).order_by("period_start", "pk"))

    @property
    def plan_now(self):
        return self.member.enrolments.get(program=self.program).plan


@pytest.fixture
def plus(program):
    return add_plan(program)


@pytest.fixture
def prime(program):
    return add_plan(program, "prime", every="year", price=10000, trial_days=30)


@pytest.fixture
def life(program, ana):
    return Life(program, ana)
