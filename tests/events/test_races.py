"""Writers that commit in another order than they wrote, and publishers at once: a reader never steps over an event.

The control reads by the key of the row, without a publisher, and shows that the race is real.
"""

from threading import Event as Signal

import pytest
from django.db import transaction

from loyalty.events.models import Event
from loyalty.events.operations import emit, move, publish, read
from tests.factories.jobs import NOON
from tests.racing import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def say(kind):
    emit(kind=kind, program_code="", occurred_at=NOON, recorded_at=NOON)


def while_a_slow_writer_is_under_way(quick):
    """A transaction writes “slow” first and commits last; in between “quick” is committed and `quick()` is called."""
    written, go_on = Signal(), Signal()

    def slow():
        with transaction.atomic():
            say("slow")
            written.set()
            assert go_on.wait(timeout=20)

    def fast():
        assert written.wait(timeout=20)
        try:
            say("quick")
            return quick()
        finally:
            go_on.set()

    return at_once(lambda call: call(), [slow, fast])[1]


def reader():
    """What a consumer sees from one call to the next."""
    seen = read(consumer="campaigns")
    if seen:
        move(consumer="campaigns", to=seen[-1].sequence)
    return [event.kind for event in seen]


def test_an_event_of_a_slow_transaction_is_read_after_its_commit():
    def quick():
        publish()
        return reader()

    assert while_a_slow_writer_is_under_way(quick) == ["quick"]
    publish()
    assert reader() == ["slow"]


def test_control_a_reader_by_key_steps_over_the_slow_transaction():
    def read_by_key(after):
        return list(Event.objects.filter(pk__gt=after).order_by("pk"))

    seen = while_a_slow_writer_is_under_way(lambda: read_by_key(0))
    assert [event.kind for event in seen] == ["quick"]
    assert read_by_key(seen[-1].pk) == []
    assert Event.objects.filter(kind="slow").exists()


def test_publishers_at_once_leave_no_gap_and_give_no_number_twice():
    for number in range(200):
        say(f"event {number}")
    published = at_once(lambda number: publish(limit=30), range(16))
    assert sum(published) == 200
    assert list(Event.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 201))


def test_writers_publishers_and_a_reader_at_once_lose_nothing():
    def write(number):
        with transaction.atomic():
            for part in range(5):
                say(f"{number}.{part}")

    def read_some():
        publish()
        return reader()

    calls = [(lambda number=number: write(number)) if number % 2 else read_some for number in range(80)]
    seen = [kind for result in at_once(lambda call: call(), calls, threads=8) for kind in result or []]
    while more := read_some():
        seen += more
    assert sorted(set(seen)) == sorted(f"{number}.{part}" for number in range(1, 80, 2) for part in range(5))


def test_two_workers_of_a_consumer_take_turns():
    for number in range(50):
        say(f"event {number}")
    publish()

    def deal_with_some(number):
        with transaction.atomic():
            events = read(consumer="campaigns", limit=10)
            if events:
                move(consumer="campaigns", to=events[-1].sequence)
            return [event.sequence for event in events]

    dealt_with = at_once(deal_with_some, range(8))
    assert sorted(number for numbers in dealt_with for number in numbers) == list(range(1, 51))
