"""A rule that makes no sense is refused, and each message stands at its field."""

from datetime import timedelta

import pytest

from loyalty.earning.models import EarningRule
from loyalty.earning.versions import RuleRefused, add_rule
from tests.factories.earning import MONDAY_NOON


def refused_fields(program, **terms):
    terms = {"code": "rule", "name": "Rule", "points": 1, "per_amount": 100} | terms
    with pytest.raises(RuleRefused) as refusal:
        add_rule(program=program, at=MONDAY_NOON, **terms)
    assert not EarningRule.objects.filter(code="rule").exists()
    return set(refusal.value.message_dict)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"points": None}, "points"),
        ({"points": 0}, "points"),
        ({"points": -5}, "points"),
        ({"points": 10**12}, "points"),
        ({"per_amount": None}, "per_amount"),
        ({"per_amount": 0}, "per_amount"),
        ({"effect": "multiplier", "factor": None}, "factor"),
        ({"effect": "multiplier", "factor": 1}, "factor"),
        ({"effect": "percentage", "factor": 101}, "factor"),
        ({"effect": "percentage", "factor": "0.00001"}, "factor"),
        ({"effect": "lottery"}, "effect"),
        ({"kind": "refund"}, "kind"),
        ({"hour_from": 9, "hour_to": 9}, "hour_to"),
        ({"hour_to": 25}, "hour_to"),
        ({"weekdays": [0]}, "weekdays"),
        ({"weekdays": "Monday"}, "weekdays"),
        ({"categories": ["shoes", ""]}, "categories"),
        ({"categories": "shoes"}, "categories"),
        ({"categories": ["shoes"], "excluded_categories": ["shoes"]}, "excluded_categories"),
        ({"skus": ["a1"], "excluded_skus": ["a1"]}, "excluded_skus"),
        ({"stores": ["atlantis"]}, "stores"),
        ({"tenders": ["points"]}, "tenders"),
        ({"cap_per_day": 0}, "cap_per_day"),
        ({"cap_per_day": 10**12}, "cap_per_day"),
        ({"budget": 0}, "budget"),
        ({"activation_delay_days": 40_000}, "activation_delay_days"),
        ({"valid_from": MONDAY_NOON, "valid_to": MONDAY_NOON - timedelta(days=1)}, "valid_to"),
        ({"valid_from": MONDAY_NOON, "valid_to": MONDAY_NOON}, "valid_to"),
        ({"code": "two words"}, "code"),
        ({"name": ""}, "name"),
    ],
)
def test_nonsense_is_refused_at_its_field(program, terms, field):
    assert refused_fields(program, **terms) == {field}


def test_what_the_program_excludes_cannot_be_asked_for(program):
    program.excluded_categories = ["tobacco"]
    program.save()
    assert refused_fields(program, categories=["tobacco", "food"]) == {"categories"}


def test_another_program_s_store_is_unknown(program, store):
    add_rule(program=program, code="lyon", name="Lyon", points=1, per_amount=100, stores=[store.code], at=MONDAY_NOON)
    assert refused_fields(program, stores=["nice"]) == {"stores"}


def test_a_code_is_taken_once_per_program(program):
    add_rule(program=program, code="rule-1", name="Rule", points=1, per_amount=100, at=MONDAY_NOON)
    assert refused_fields(program, code="rule-1") == {"code"}


def test_all_problems_are_told_at_once(program):
    assert refused_fields(program, points=0, hour_from=3, hour_to=3, stores=["atlantis"]) == {
        "points",
        "hour_to",
        "stores",
    }
