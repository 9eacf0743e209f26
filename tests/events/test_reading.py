"""Consumers read in order, each at its own pace, and meet an event again until they say that it is dealt with."""

import pytest

from loyalty.events.operations import Happening, emit_many, move, publish, read
from tests.factories.jobs import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    emit_many(
        Happening(kind=kind, program_code="", occurred_at=NOON, recorded_at=NOON) for kind in ["one", "two", "three"]
    )
    publish()


def kinds(consumer, **terms):
    return [event.kind for event in read(consumer=consumer, **terms)]


def test_events_that_are_not_published_are_not_read():
    emit_many([Happening(kind="early", program_code="", occurred_at=NOON, recorded_at=NOON)])
    assert kinds("campaigns") == []


def test_a_new_consumer_begins_with_the_first_event(published):
    assert kinds("campaigns") == ["one", "two", "three"]


def test_the_same_events_come_again_until_they_are_dealt_with(published):
    assert kinds("campaigns", limit=1) == ["one"]
    assert kinds("campaigns", limit=1) == ["one"]
    move(consumer="campaigns", to=1)
    assert kinds("campaigns", limit=1) == ["two"]


def test_consumers_do_not_disturb_each_other(published):
    read(consumer="campaigns")
    move(consumer="campaigns", to=3)
    assert kinds("campaigns") == []
    assert kinds("webhooks") == ["one", "two", "three"]


def test_a_cursor_never_goes_back(published):
    read(consumer="campaigns")
    move(consumer="campaigns", to=2)
    move(consumer="campaigns", to=1)
    assert kinds("campaigns") == ["three"]
