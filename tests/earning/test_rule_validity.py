"""Rules are rated by what was in force when the activity occurred; of a rule's versions only one speaks."""

from datetime import UTC, datetime

import pytest

from loyalty.earning.rules import Policy, decide
from tests.factories.earning import base_rule, granted, outcome, purchase

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
OFFER = base_rule("march", valid_from=MARCH, valid_to=APRIL)
OLD = base_rule("base", version=1, valid_to=APRIL)
NEW = base_rule("base", version=2, points=2, valid_from=APRIL)


def bought(*moment):
    return purchase(10, at=datetime(*moment, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ((2026, 2, 28, 23, 59, 59), "not_yet_valid"),
        ((2026, 3, 1), "matched"),
        ((2026, 3, 31, 23, 59, 59), "matched"),
        ((2026, 4, 1), "ended"),
    ],
)
def test_an_offer_holds_from_its_first_moment_to_before_its_last(moment, reason):
    assert outcome(bought(*moment), OFFER)["reason"] == reason


def test_a_late_activity_is_rated_by_the_version_of_its_day():
    assert granted(bought(2026, 3, 15), OLD, NEW) == 10
    assert granted(bought(2026, 4, 15), OLD, NEW) == 20


def test_a_change_takes_effect_at_its_moment_and_never_twice():
    assert granted(bought(2026, 4, 1), NEW, OLD) == 20


@pytest.mark.parametrize("day", [15, 1])
def test_of_several_versions_the_decision_names_one(day):
    verdict = decide(bought(2026, 4, day), [OLD, NEW], Policy())
    assert [(each["rule"], each["version"]) for each in verdict.outcomes] == [("base", 2)]


def test_of_a_retired_rule_the_last_version_says_that_it_has_ended():
    retired = base_rule("base", version=2, valid_from=APRIL, valid_to=datetime(2026, 5, 1, tzinfo=UTC))
    verdict = decide(bought(2026, 6, 1), [OLD, retired], Policy())
    assert [(each["version"], each["reason"]) for each in verdict.outcomes] == [(2, "ended")]
