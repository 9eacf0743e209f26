"""Work for tests: a kind of job that counts, one committed number after the other, and shows what it committed."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from loyalty.events.models import Event
from loyalty.events.operations import Happening, emit_many
from loyalty.jobs import operations, registry
from loyalty.jobs.registry import DailyJob, JobKind

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def say(numbers):
    """The effect: a row for each number, in the caller's transaction."""
    emit_many(
        Happening(kind="counted", program_code="", occurred_at=NOON, recorded_at=NOON, payload={"number": number})
        for number in numbers
    )


def said():
    """What was committed, in its order."""
    return [event.payload["number"] for event in Event.objects.filter(kind="counted").order_by("id")]


def count(run):
    """From 1 to `last` in chunks of `size`."""
    for first, last in run.chunks(1, run.params.get("last", 10), size=run.params.get("size", 3)):
        with transaction.atomic():
            say(range(first, last + 1))
            run.advance(cursor=last, counted=last - first + 1)


@pytest.fixture
def register_job(monkeypatch):
    """Registers a kind of job for this test: `register_job(work)` or `register_job(work, "name")`."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))

    def register(work, name="count", **terms):
        kind = JobKind(name=name, title=name.capitalize(), work=work, **terms)
        registry.register(kind)
        return kind

    return register


@pytest.fixture
def counting(register_job):
    return register_job(count)


def ask(name="count", period="", **params):
    """A job that waits for somebody to run it."""
    return operations.ensure(name=name, scope="les-halles", period=period, by=None, at=NOON, params=params)


def run(job, **terms):
    return operations.run(job, at=NOON, **terms)


class Nights:
    """The daily jobs of a test: `nights.have("expire", order=20)`; `ran` says which ran for which day, in order."""

    def __init__(self):
        self.ran = []

    def have(self, name, *, order=10, work=None, **terms):
        def remember(run):
            self.ran.append(f"{run.period} {name}")
            if work is not None:
                work(run)

        registry.register(DailyJob(name=name, title=name.capitalize(), order=order, work=remember, **terms))


@pytest.fixture
def nights(monkeypatch):
    monkeypatch.setattr(registry, "_kinds", {})
    return Nights()
