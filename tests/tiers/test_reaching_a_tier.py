"""Up at once, by what the window measures and never by the balance; the reward on reaching it."""

import pytest

from loyalty.earning import operations as earning
from loyalty.earning.sentences import title
from loyalty.events.models import Event
from loyalty.ledger import operations as ledger
from loyalty.programs.kinds import Kind
from tests.factories.tiers import Trail, day, outdoor_tiers

pytestmark = pytest.mark.django_db


def test_the_purchase_that_reaches_a_threshold_raises_at_once(trail):
    trail.buy("2025-03-01", 1999)
    assert trail.tier == ""
    trail.buy("2025-03-02", 1)
    assert trail.tier == "basecamp"
    assert trail.vouchers == [(20, "unused")]
    trail.buy("2025-04-01", 1500)
    trail.buy("2025-05-01", 1500)
    assert trail.tier == "summit"
    assert trail.vouchers == [(20, "unused"), (25, "unused"), (30, "unused")]


def test_a_jump_rewards_the_tier_landed_on(trail):
    trail.buy("2025-03-01", 5000)
    assert trail.history == [("reached", "summit")]
    assert trail.vouchers == [(30, "unused")]


def test_a_jump_rewards_each_tier_passed_where_the_program_says_so(program, ana):
    outdoor_tiers(program, jump="each")
    trail = Trail(program, ana)
    trail.buy("2025-03-01", 2000)
    trail.buy("2025-04-01", 3000)
    assert trail.vouchers == [(20, "unused"), (25, "unused"), (30, "unused")]


def test_points_that_were_spent_still_count(program, trail):
    trail.buy("2025-03-01", 1500)
    cause = ledger.Cause("test", "spent")
    ledger.redeem(program=program, member_id=trail.member.pk, points=1500, cause=cause, at=day("2025-03-02"))
    trail.buy("2025-03-03", 500)
    assert trail.tier == "basecamp"


def test_points_that_were_given_do_not_count(program, trail):
    cause = ledger.Cause("test", "gift")
    ledger.earn(program=program, member_id=trail.member.pk, points=5000, cause=cause, at=day("2025-03-02"))
    trail.buy("2025-03-03", 5)
    assert trail.tier == ""


def test_what_was_bought_last_year_does_not_count(trail):
    trail.buy("2024-12-31", 1500)
    trail.buy("2025-01-01", 1500)
    assert trail.tier == ""


def test_the_year_begins_at_midnight_of_the_programs_zone(trail):
    trail.buy(day("2024-12-31", hour=23), 1500)  # half past midnight in Paris would be 23:30; 23:00 is midnight
    trail.buy("2025-01-02", 500)
    assert trail.tier == "basecamp"


@pytest.mark.parametrize(
    ("terms", "activities", "tier"),
    [
        ({"metric": "spend"}, [(Kind.PURCHASE, 20)], "basecamp"),
        ({"metric": "spend"}, [(Kind.PURCHASE, 19)], ""),
        ({"metric": "visits"}, [(Kind.PURCHASE, 1), (Kind.VISIT, 0)] * 2, "basecamp"),
        ({"metric": "visits"}, [(Kind.REVIEW, 0)] * 9, ""),
        ({"metric": "count", "kinds": ["review", "survey"]}, [(Kind.REVIEW, 0), (Kind.SURVEY, 0)] * 2, "basecamp"),
        ({"metric": "count", "kinds": ["review"]}, [(Kind.REVIEW, 0), (Kind.SURVEY, 0)] * 2, ""),
    ],
)
def test_what_is_measured_is_the_programs_to_say(program, ana, terms, activities, tier):
    threshold = 2000 if terms["metric"] == "spend" else 4
    names = {"code": "basecamp", "name_en": "Basecamp", "name_fr": "Basecamp"}
    outdoor_tiers(program, tiers=[names | {"threshold": threshold}], **terms)
    trail = Trail(program, ana)
    for kind, euros in activities:
        trail.buy("2025-03-01", euros, kind=kind.value)
    assert trail.tier == tier


def test_excluded_goods_are_no_qualifying_spend(program, ana):
    program.excluded_categories = ["gift-card"]
    program.save()
    outdoor_tiers(
        program, metric="spend", tiers=[{"code": "gold", "name_en": "G", "name_fr": "G", "threshold": 10_000}]
    )
    trail = Trail(program, ana)
    lines = (earning.Line(category="gift-card", unit_price=10_000),)
    trail.buy("2025-03-01", 100, lines=lines)
    assert trail.tier == ""


def test_the_decision_says_what_was_reached(trail):
    trail.buy("2025-03-01", 1000)
    outcome = trail.buy("2025-03-02", 1000).outcomes[-1]
    assert outcome["effect"] == "tier"
    assert (outcome["reason"], outcome["tier"]["code"], outcome["measure"]) == ("reached", "basecamp", 2000)
    assert outcome["given"] == ["basecamp"]


def test_a_change_is_announced(trail):
    trail.buy("2025-03-01", 2000)
    event = Event.objects.get(kind="tier.changed")
    assert event.member_id == trail.member.pk
    assert event.payload["from"] == ""
    assert event.payload["to"] == "basecamp"


def test_working_out_leaves_nothing_behind(program, trail):
    activity = trail.activity("2025-03-01", 5000)
    answer = earning.calculate(program=program, source="till", activity=activity, at=activity.occurred_at)
    assert answer.outcomes[-1]["tier"]["code"] == "summit"
    assert (trail.tier, trail.history, trail.vouchers) == ("", [], [])


def test_the_tier_multiplies_what_is_earned_from_then_on(program, ana):
    names = {"code": "gold", "name_en": "Gold", "name_fr": "Or", "threshold": 100, "multiplier": "1.5"}
    outdoor_tiers(program, tiers=[names])
    trail = Trail(program, ana)
    assert trail.buy("2025-03-01", 100).granted == 100
    answer = trail.buy("2025-03-02", 100)
    assert answer.granted == 150
    assert "Tier: gold" in [title(outcome, {}) for outcome in answer.outcomes]


def test_a_late_purchase_is_rated_by_the_tier_of_its_day(program, ana):
    outdoor_tiers(
        program, tiers=[{"code": "gold", "name_en": "Gold", "name_fr": "Or", "threshold": 100, "multiplier": 2}]
    )
    trail = Trail(program, ana)
    trail.buy("2025-03-05", 100)
    assert trail.buy("2025-03-04", 10, at=day("2025-03-06")).granted == 10
    assert trail.buy("2025-03-06", 10).granted == 20
