"""A template's tiers: set once, set again, changed; thresholds may move, members only rise by it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from loyalty.tiers.models import Tier, TierProgram
from loyalty.tiers.operations import TierRefused, set_tiers
from tests.factories.members import EnrolmentFactory
from tests.factories.tiers import SPRING, Trail, day, outdoor_tiers

pytestmark = pytest.mark.django_db


def named(code, threshold, **terms):
    return {"code": code, "name_en": code.title(), "name_fr": code.title(), "threshold": threshold} | terms


def thresholds(program):
    return dict(Tier.objects.filter(tier_program__program=program).values_list("code", "threshold"))


def test_setting_the_same_tiers_twice_changes_nothing(program, tiers):
    before = Tier.history.count(), TierProgram.history.count()
    outdoor_tiers(program)
    assert (Tier.history.count(), TierProgram.history.count()) == before
    assert TierProgram.objects.get().changed_at is None


def test_thresholds_may_take_each_others_place(program):
    outdoor_tiers(program, tiers=[named("silver", 1000), named("gold", 3000)])
    outdoor_tiers(program, tiers=[named("silver", 3000), named("gold", 5000)])
    assert thresholds(program) == {"silver": 3000, "gold": 5000}
    outdoor_tiers(program, tiers=[named("silver", 1000), named("gold", 3000)])
    assert thresholds(program) == {"silver": 1000, "gold": 3000}


def test_a_tier_that_is_named_no_more_cannot_be_reached(program, trail):
    outdoor_tiers(program, tiers=[named("basecamp", 2000), named("halfdome", 3500)])
    trail.buy("2025-04-03", 9000)
    assert trail.tier == "halfdome"


def test_a_lower_threshold_raises_in_the_next_night(trail, program):
    trail.buy("2025-04-03", 1500)
    set_tiers(program=program, tiers=[named("basecamp", 1000)], at=day("2025-04-04"))
    assert trail.tier == ""
    assert trail.night("2025-04-05").report["raised"] == 1
    assert trail.tier == "basecamp"
    assert trail.history == [("threshold", "basecamp")]
    assert trail.night("2025-04-06").report == {}


def test_a_higher_threshold_lowers_nobody_before_the_end_of_the_period(trail, program):
    trail.buy("2025-04-03", 2000)
    set_tiers(program=program, tiers=[named("basecamp", 2500)], at=day("2025-04-04"))
    trail.night("2025-04-05")
    trail.buy("2025-04-06", 1)
    assert trail.tier == "basecamp"
    trail.night("2026-01-01")
    assert trail.tier == ""


def test_the_night_of_a_change_takes_no_statement_per_member(program, tiers, django_assert_max_num_queries):
    for enrolment in EnrolmentFactory.create_batch(12, program=program):
        Trail(program, enrolment.member).buy("2025-04-03", 1500)
    set_tiers(program=program, tiers=[named("basecamp", 1000)], at=day("2025-04-04"))
    with django_assert_max_num_queries(45):
        assert Trail(program, enrolment.member).night("2025-04-05").report["raised"] == 12


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"tiers": []}, "tiers"),
        ({"tiers": [named("a", 10), named("a", 20)]}, "code"),
        ({"tiers": [named("a", 10), named("b", 10)]}, "threshold"),
        ({"tiers": [named("a", 20), named("b", 10)]}, "threshold"),
        ({"tiers": [named("a", 10, reward="nothing")]}, "reward"),
        ({"tiers": [named("a", 10, multiplier=0)]}, "multiplier"),
        ({"tiers": [named("a", -1)]}, "threshold"),
        ({"tiers": [named("a", 1)], "metric": "count"}, "kinds"),
        ({"tiers": [named("a", 1)], "metric": "charm"}, "metric"),
        ({"tiers": [named("a", 1)], "window": "rolling"}, "months"),
        ({"tiers": [named("a", 1)], "grace_days": 999}, "grace_days"),
    ],
)
def test_nonsense_is_refused_at_its_field(program, terms, field):
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        set_tiers(program=program, at=SPRING, **terms)
    assert field in refusal.value.message_dict
    assert not TierProgram.objects.exists()


def test_a_refusal_says_what_to_do(program):
    with pytest.raises(TierRefused, match="“b” comes after “a”, so it must begin higher"):
        set_tiers(program=program, at=SPRING, tiers=[named("a", 20), named("b", 10)])


@pytest.mark.parametrize(
    "change",
    [{"threshold": 3500}, {"code": "halfdome"}, {"multiplier": 0}, {"recurs": "month"}],
)
def test_the_database_refuses_nonsense(tiers, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Tier.objects.filter(code="basecamp").update(**change)


def test_the_database_refuses_a_rolling_window_without_months(tiers):
    with pytest.raises(IntegrityError), transaction.atomic():
        TierProgram.objects.update(window="rolling", months=None)
