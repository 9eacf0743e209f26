"""A load of the past counts and gives nothing; a batch costs as many statements as one activity."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.events.models import Event
from tests.factories.members import EnrolmentFactory
from tests.factories.tiers import Trail

pytestmark = pytest.mark.django_db
CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def test_a_history_counts_but_gives_no_reward_and_says_nothing(trail):
    trail.load(trail.activity("2026-03-01", 1500), trail.activity("2026-04-01", 500))
    assert trail.tier == "basecamp"
    assert trail.vouchers == []
    assert not Event.objects.filter(kind="tier.changed").exists()


def test_a_history_of_years_ends_where_its_nights_would_have(trail):
    trail.load(trail.activity("2022-03-01", 5000), trail.activity("2025-04-01", 2000), trail.activity("2023-01-01", 1))
    assert trail.history == [
        ("reached", "summit"),
        ("renewed", "summit"),
        ("dropped", ""),
        ("reached", "basecamp"),
        ("renewed", "basecamp"),
    ]
    assert trail.tier_on("2023-06-01") == "summit"
    assert trail.tier_on("2024-06-01") is None
    assert trail.tier == "basecamp"


def test_a_history_of_long_ago_that_comes_late_changes_nothing_any_more(trail):
    trail.load(trail.activity("2026-02-01", 2000))
    trail.load(trail.activity("2022-03-01", 5000))
    assert trail.tier == "basecamp"


def test_what_comes_after_a_history_is_rewarded(trail):
    trail.load(trail.activity("2026-03-01", 2000))
    trail.buy("2026-06-02", 1500)
    assert trail.vouchers == [(25, "unused")]


def statements(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured if not query["sql"].startswith(CONTROL)]


def test_a_batch_of_fifty_takes_no_more_than_a_batch_of_two(program, trail):
    trail.buy("2025-03-01", 1)
    others = [Trail(program, enrolment.member) for enrolment in EnrolmentFactory.create_batch(10, program=program)]

    def load(number, day_, euros):
        activities = [others[place % 10].activity(day_, euros) for place in range(number)]
        return statements(lambda: trail.load(*activities, at="2025-12-01", history=False))

    load(50, "2025-03-02", 1)  # opens the accounts
    assert len(load(50, "2025-03-03", 5)) == len(load(2, "2025-03-04", 5))


def test_fifty_rises_take_no_more_than_two(program, trail):
    others = [Trail(program, enrolment.member) for enrolment in EnrolmentFactory.create_batch(52, program=program)]
    trail.load(*[other.activity("2025-03-01", 1) for other in others], at="2025-12-01", history=False)
    two = statements(lambda: trail.load(*[other.activity("2025-03-02", 2000) for other in others[:2]], at="2025-12-01"))
    fifty = statements(
        lambda: trail.load(*[other.activity("2025-03-02", 2000) for other in others[2:]], at="2025-12-01")
    )
    assert len(fifty) == len(two)
    assert {other.tier for other in others} == {"basecamp"}
