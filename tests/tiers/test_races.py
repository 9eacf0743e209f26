"""Two tills at once, and a till beside the night: one tier, one reward."""

import pytest

from loyalty.earning import operations as earning
from loyalty.tiers.models import TierMembership
from tests.factories.tiers import Trail, day, outdoor_tiers
from tests.racing import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def trail(program, ana):
    outdoor_tiers(program)
    return Trail(program, ana)


def record(trail, activity, at=None):
    return earning.record_activity(
        program=trail.program, source="till", activity=activity, at=at or activity.occurred_at
    )


def test_two_tills_raise_once(trail):
    trail.buy("2025-03-01", 1900)
    at_once(lambda activity: record(trail, activity), [trail.activity("2025-03-02", 200) for _ in range(8)])
    assert trail.history == [("reached", "basecamp"), ("reached", "halfdome")]
    assert trail.vouchers == [(20, "unused"), (25, "unused")]


def test_a_till_and_the_night_look_once(trail):
    trail.buy("2025-03-01", 2000)
    purchase = trail.activity("2026-01-01", 1)

    def work(what):
        return what()

    results = at_once(work, [lambda: trail.night("2026-01-01"), lambda: record(trail, purchase)])
    assert not any(isinstance(result, Exception) for result in results)
    assert trail.history == [("reached", "basecamp"), ("renewed", "basecamp")]
    assert TierMembership.objects.filter(ends_at=None).count() == 1


def test_the_database_refuses_a_second_present_tier(trail):
    """The control: whoever did not hold the account would be stopped here."""
    trail.buy("2025-03-01", 2000)
    row = TierMembership.objects.values().get()
    row.pop("id")
    results = at_once(lambda _: TierMembership.objects.create(**row | {"starts_at": day("2025-03-03")}), range(4))
    assert all(isinstance(result, Exception) for result in results)
