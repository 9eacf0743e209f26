"""Down only at the end of the period: calendar years, rolling months, soft landing, grace, lifetime."""

import pytest

from loyalty.jobs.models import Job
from loyalty.tiers.models import TierMembership
from tests.factories.members import EnrolmentFactory
from tests.factories.tiers import Trail, day, outdoor_tiers

pytestmark = pytest.mark.django_db


def test_a_tier_of_one_year_is_kept_through_the_next(trail):
    trail.buy("2025-03-01", 3500)
    trail.night("2026-01-01")
    assert trail.tier == "halfdome"
    trail.night("2026-12-31")
    assert trail.tier == "halfdome"
    trail.night("2027-01-01")
    assert trail.tier == ""
    assert trail.history == [("reached", "halfdome"), ("renewed", "halfdome"), ("dropped", "")]


def test_who_did_less_comes_down_to_what_was_earned(trail):
    trail.buy("2025-03-01", 5000)
    trail.night("2026-01-01")
    trail.buy("2026-03-01", 2100)
    assert trail.tier == "summit"
    trail.night("2027-01-01")
    assert trail.tier == "basecamp"


def test_coming_down_brings_no_reward(trail):
    trail.buy("2025-03-01", 5000)
    trail.night("2026-01-01")
    trail.buy("2026-03-01", 2100)
    trail.night("2027-01-01")
    assert trail.vouchers == [(30, "unused")]


def test_soft_landing_takes_one_tier_at_most(program, ana):
    outdoor_tiers(program, soft_landing=True)
    trail = Trail(program, ana)
    trail.buy("2025-03-01", 5000)
    for night, tier in (
        ("2026-01-01", "summit"),
        ("2027-01-01", "halfdome"),
        ("2028-01-01", "basecamp"),
        ("2029-01-01", ""),
    ):
        trail.night(night)
        assert trail.tier == tier


def test_grace_keeps_the_tier_a_little_longer(program, ana):
    outdoor_tiers(program, grace_days=30)
    trail = Trail(program, ana)
    trail.buy("2024-03-01", 2000)
    trail.night("2025-01-31")
    trail.night("2026-01-30")
    assert trail.tier == "basecamp"
    trail.night("2026-01-31")
    assert trail.tier == ""


def test_what_is_done_in_the_days_of_grace_still_counts(program, ana):
    outdoor_tiers(program, grace_days=30)
    trail = Trail(program, ana)
    trail.buy("2024-03-01", 2000)
    trail.night("2025-01-31")
    trail.buy("2025-06-01", 1500)
    trail.buy("2026-01-15", 500)
    trail.night("2026-01-31")
    assert trail.tier == "basecamp"


def test_over_rolling_months_a_tier_lasts_as_long_as_the_window(program, ana):
    outdoor_tiers(program, window="rolling", months=12)
    trail = Trail(program, ana)
    trail.buy("2025-01-20", 1000)
    trail.buy("2025-03-10", 1000)
    trail.night("2026-03-09")
    assert trail.tier == "basecamp"
    trail.night("2026-03-10")
    assert trail.tier == ""


def test_over_rolling_months_what_follows_the_rise_renews_it(program, ana):
    gold = {"code": "gold", "name_en": "Gold", "name_fr": "Or", "threshold": 2000}
    outdoor_tiers(program, window="rolling", months=12, tiers=[gold])
    trail = Trail(program, ana)
    trail.buy("2025-03-10", 2000)
    trail.buy("2025-09-01", 2000)
    trail.night("2026-03-10")
    assert trail.tier == "gold"
    trail.night("2027-03-10")
    assert trail.history == [("reached", "gold"), ("renewed", "gold"), ("dropped", "")]


def test_over_rolling_months_a_rise_begins_a_new_period(program, ana):
    outdoor_tiers(program, window="rolling", months=12)
    trail = Trail(program, ana)
    trail.buy("2025-03-10", 2000)
    trail.buy("2025-09-01", 2000)
    trail.night("2026-03-10")
    assert trail.tier == "halfdome"
    trail.night("2026-09-01")
    assert trail.tier == ""


def test_purchases_further_apart_than_the_window_do_not_add_up(program, ana):
    outdoor_tiers(program, window="rolling", months=12)
    trail = Trail(program, ana)
    trail.buy("2025-03-10", 1000)
    trail.buy("2026-03-10", 1000)
    assert trail.tier == ""
    trail.buy("2027-03-09", 1000)
    assert trail.tier == "basecamp"


def test_a_lifetime_tier_is_never_looked_at_again(program, ana):
    outdoor_tiers(program, window="lifetime")
    trail = Trail(program, ana)
    trail.buy("2020-03-10", 1500)
    trail.buy("2025-03-10", 500)
    trail.night("2035-01-01")
    assert trail.tier == "basecamp"


def test_a_purchase_before_the_late_night_sees_the_period_that_ended(trail):
    trail.buy("2024-03-01", 2000)
    trail.buy("2026-01-01", 10)
    assert trail.history == [("reached", "basecamp"), ("renewed", "basecamp"), ("dropped", "")]


def test_missed_nights_are_made_up_for_in_one(trail):
    trail.buy("2024-03-01", 5000)
    trail.night("2027-03-05")
    assert trail.history == [("reached", "summit"), ("renewed", "summit"), ("dropped", "")]
    assert trail.tier_on("2025-12-31") == "summit"
    assert trail.tier_on("2026-01-01") is None


def test_a_night_done_twice_changes_nothing(program, trail):
    trail.buy("2025-03-01", 2000)
    trail.night("2026-01-01")
    before = list(TierMembership.objects.values())
    trail.night("2026-01-01")
    trail.night("2026-01-02")
    assert list(TierMembership.objects.values()) == before


def test_the_night_reports(trail):
    trail.buy("2025-03-01", 2000)
    job = trail.night("2026-01-01")
    assert job.state == Job.State.SUCCEEDED
    assert job.report == {"renewed": 1, "dropped": 0, "raised": 0, "hand_ended": 0}


def test_a_night_takes_as_many_statements_for_many_members_as_for_few(program, tiers, django_assert_max_num_queries):
    for enrolment in EnrolmentFactory.create_batch(12, program=program):
        Trail(program, enrolment.member).buy("2025-03-01", 2000)
    trail = Trail(program, EnrolmentFactory(program=program).member)
    with django_assert_max_num_queries(45):
        trail.night("2026-01-01")
    assert TierMembership.objects.filter(reason="renewed").count() == 12


def test_a_late_purchase_promotes_by_its_own_period(trail):
    trail.buy("2025-12-30", 1500)
    trail.night("2026-01-01")
    trail.buy("2025-12-31", 500, at=day("2026-01-03"))
    assert trail.tier == "basecamp"
    trail.night("2026-12-31")
    assert trail.tier == "basecamp"
    trail.night("2027-01-01")
    assert trail.tier == ""
