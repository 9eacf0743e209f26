"""Rules come, change and go without touching what they have already decided."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.earning.models import EarningRule
from loyalty.earning.rules import Policy, compile_rule, decide
from loyalty.earning.versions import RuleRefused, add_rule, retire_rule, revise_rule
from tests.factories.earning import ActivityFactory, EarningRuleFactory, purchase

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=10)


@pytest.fixture
def base(program):
    return EarningRuleFactory(program=program, code="base")


@pytest.fixture
def used(base):
    ActivityFactory(program=base.program, occurred_at=NOW - timedelta(days=1))
    return base


def points_of(program, moment):
    rules = [compile_rule(row) for row in EarningRule.objects.filter(program=program)]
    return decide(purchase(10, at=moment), rules, Policy()).granted


def test_a_new_rule_holds_since_ever(program, marketer):
    rule = add_rule(program=program, code="base", name="Base", points=1, per_amount=100, at=NOW, by=marketer)
    assert (rule.version, rule.valid_from, rule.by) == (1, None, marketer)
    assert points_of(program, NOW - timedelta(days=9999)) == 10


def test_a_rule_that_was_never_used_is_edited_in_place(base):
    rule = revise_rule(rule=base, changes={"points": 3}, at=NOW)
    assert (rule.pk, rule.version, rule.points) == (base.pk, 1, 3)
    assert EarningRule.objects.count() == 1


def test_changing_a_used_rule_makes_a_version_that_begins_as_the_old_one_ends(used, marketer):
    rule = revise_rule(rule=used, changes={"points": 3}, at=NOW, by=marketer)
    used.refresh_from_db()
    assert (used.points, used.valid_from, used.valid_to) == (1, None, NOW)
    assert (rule.code, rule.version, rule.valid_from, rule.created_at, rule.by) == ("base", 2, NOW, NOW, marketer)
    assert points_of(used.program, NOW - timedelta(seconds=1)) == 10
    assert points_of(used.program, NOW) == 30


def test_a_change_may_be_announced_for_a_later_day(used):
    revise_rule(rule=used, changes={"points": 3, "valid_from": LATER}, at=NOW)
    assert points_of(used.program, LATER - timedelta(seconds=1)) == 10
    assert points_of(used.program, LATER) == 30


def test_a_change_of_a_used_rule_cannot_reach_into_the_past(used):
    with pytest.raises(RuleRefused) as refusal:
        revise_rule(rule=used, changes={"points": 3, "valid_from": NOW - timedelta(days=2)}, at=NOW)
    assert "valid_from" in refusal.value.message_dict
    assert EarningRule.objects.get().valid_to is None


def test_saving_a_used_rule_without_a_change_makes_no_version(used):
    rule = revise_rule(rule=used, changes={"points": used.points}, at=NOW)
    assert (rule.pk, rule.version) == (used.pk, 1)


def test_an_activity_of_another_kind_or_program_does_not_use_a_rule(base):
    ActivityFactory(program=base.program, kind="visit", occurred_at=NOW)
    ActivityFactory(occurred_at=NOW)
    assert revise_rule(rule=base, changes={"points": 3}, at=NOW).version == 1


def test_an_activity_before_an_offer_begins_does_not_use_the_offer(program):
    offer = EarningRuleFactory(program=program, valid_from=LATER)
    ActivityFactory(program=program, occurred_at=NOW)
    assert revise_rule(rule=offer, changes={"points": 3}, at=NOW).version == 1


def test_only_the_newest_version_can_be_changed_or_retired(used):
    revise_rule(rule=used, changes={"points": 3}, at=NOW)
    with pytest.raises(RuleRefused, match="newer version"):
        revise_rule(rule=used, changes={"points": 4}, at=LATER)
    with pytest.raises(RuleRefused, match="newer version"):
        retire_rule(rule=used, at=LATER)


def test_an_unused_second_version_cannot_be_moved_over_the_first(used):
    second = revise_rule(rule=used, changes={"points": 3, "valid_from": LATER}, at=NOW)
    with pytest.raises(RuleRefused) as refusal:
        revise_rule(rule=second, changes={"valid_from": NOW}, at=NOW)
    assert "valid_from" in refusal.value.message_dict


def test_a_retired_rule_grants_nothing_from_then_on(used):
    retire_rule(rule=used, at=NOW)
    assert points_of(used.program, NOW - timedelta(seconds=1)) == 10
    assert points_of(used.program, NOW) == 0
    with pytest.raises(RuleRefused, match="ended already"):
        retire_rule(rule=used, at=LATER)


def test_a_retired_rule_comes_back_as_a_new_version(used):
    retire_rule(rule=used, at=NOW)
    rule = revise_rule(rule=used, changes={"valid_to": None}, at=LATER)
    assert (rule.version, rule.valid_from, rule.valid_to) == (2, LATER, None)
    used.refresh_from_db()
    assert used.valid_to == NOW
    assert points_of(used.program, LATER - timedelta(seconds=1)) == 0


def test_an_offer_that_is_retired_before_it_begins_never_holds(program):
    offer = EarningRuleFactory(program=program, valid_from=LATER)
    retire_rule(rule=offer, at=NOW)
    assert points_of(program, LATER + timedelta(seconds=1)) == 0


def test_changing_the_effect_leaves_no_figure_of_the_old_one(base):
    rule = revise_rule(rule=base, changes={"effect": "multiplier", "factor": 2}, at=NOW)
    assert (rule.points, rule.per_amount, rule.factor) == (None, None, 2)
