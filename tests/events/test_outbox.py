"""Events are written with what happened and numbered once it is certain."""

import pytest
from django.db import transaction

from loyalty.events.models import Event
from loyalty.events.operations import Happening, emit, emit_many, publish
from tests.factories.jobs import NOON

pytestmark = pytest.mark.django_db


def happened(number):
    return emit(
        kind="earned",
        program_code="les-halles",
        member_id=7,
        payload={"number": number},
        occurred_at=NOON,
        recorded_at=NOON,
    )


def numbered():
    """The numbers that the events say, by their sequence; those without one are left out."""
    events = Event.objects.exclude(sequence=None).order_by("sequence")
    return [(event.sequence, event.payload["number"]) for event in events]


def test_an_event_has_no_place_in_the_order_before_it_is_published():
    assert happened(1).sequence is None


def test_what_was_rolled_back_was_never_said():
    with transaction.atomic():
        happened(1)
        transaction.set_rollback(True)
    assert not Event.objects.exists()


def test_events_are_numbered_in_the_order_in_which_they_were_written():
    for number in [10, 20, 30]:
        happened(number)
    assert publish() == 3
    assert numbered() == [(1, 10), (2, 20), (3, 30)]


def test_the_next_round_goes_on_without_a_gap():
    happened(10)
    publish()
    happened(20)
    publish()
    assert publish() == 0
    assert numbered() == [(1, 10), (2, 20)]


def test_the_numbers_go_on_after_old_events_were_removed():
    happened(10)
    publish()
    Event.objects.all().delete()
    happened(20)
    publish()
    assert numbered() == [(2, 20)]


def test_a_round_may_be_limited():
    for number in [10, 20, 30]:
        happened(number)
    assert publish(limit=2) == 2
    assert numbered() == [(1, 10), (2, 20)]


def test_many_events_are_written_at_once(django_assert_num_queries):
    happenings = [
        Happening(kind="earned", program_code="", occurred_at=NOON, recorded_at=NOON, payload={"number": number})
        for number in range(100)
    ]
    with django_assert_num_queries(1):
        emit_many(happenings)
    publish()
    assert numbered() == [(number + 1, number) for number in range(100)]
