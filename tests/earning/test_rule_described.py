"""A rule reads as a sentence that a manager would write."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from loyalty.earning.sentences import describe
from loyalty.programs.models import Program
from tests.factories.earning import EarningRuleFactory

PROGRAM = Program(code="halles", name="Les Halles", money_currency="USD", time_zone="Europe/Paris")


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def described(**terms):
    return describe(EarningRuleFactory.build(program=PROGRAM, **terms))


def test_the_plain_rule():
    assert described() == "1 point for each full $1.00"


def test_places_and_days():
    text = described(stores=["lyon", "nice"], weekdays=[6, 1], hour_from=14, hour_to=16)
    assert text == "1 point for each full $1.00 · in lyon or nice · on Monday or Saturday · from 14:00 to 16:00"


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ({"effect": "multiplier", "factor": Decimal("2.0000"), "categories": ["shoes"]}, "points × 2 · for shoes"),
        (
            {"effect": "percentage", "factor": Decimal("2.5"), "tenders": ["card"]},
            "2.5% of the amount · paid with card",
        ),
        ({"effect": "fixed", "points": 50, "kind": "sign_up"}, "Sign-up: 50 points"),
        ({"effect": "fixed", "points": 5, "kind": "recycling"}, "Recycling: 5 points"),
        (
            {"effect": "per_item", "points": 1000, "cap_per_day": 1},
            "1,000 points for each piece · at most 1 point per day",
        ),
    ],
)
def test_effects_are_named(terms, text):
    assert described(**terms) == text


def test_an_end_at_midnight_is_told_by_its_last_day():
    text = described(valid_from=datetime(2026, 2, 28, 23, tzinfo=UTC), valid_to=datetime(2026, 3, 31, 22, tzinfo=UTC))
    assert text.endswith("since March 1, 2026 · until March 31, 2026")


def test_every_term_of_a_rule_is_said():
    text = described(
        minimum_amount=2000,
        skus=["a1"],
        excluded_categories=["tobacco"],
        channels=["web"],
        brands=["maison"],
        member_tags=["vip"],
        cap_per_activity=1,
        cap_per_month=2,
        cap_per_member=3,
        budget=4000,
        activation_delay_days=14,
        hour_to=9,
    )
    for words in (
        *("of at least $20.00", "for a1", "not for tobacco", "by web", "brand maison", "members tagged vip"),
        *("1 point per activity", "2 points per month", "3 points per member", "4,000 points in all"),
        *("usable after 14 days", "from 0:00 to 9:00"),
    ):
        assert words in text
