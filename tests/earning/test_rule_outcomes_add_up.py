"""Whatever the rules and the basket, the outcomes explain the points to the last one."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from loyalty.earning.basket import Limits
from loyalty.earning.rules import Policy, decide
from tests.factories.earning import article, purchase, rule

CATEGORIES = st.sampled_from(["food", "toys", "tobacco"])
SOME = st.lists(CATEGORIES, max_size=1)
CAP = st.none() | st.integers(1, 300)
FACTORS = st.sampled_from(["0.5", "1.1", "1.5", "2", "3"])
TENDERS = st.sampled_from(["cash", "card", "points"])


def terms(**own):
    return st.fixed_dictionaries(
        {
            "categories": SOME,
            "excluded_categories": SOME,
            "tenders": st.lists(TENDERS, max_size=1),
            "minimum_amount": st.sampled_from([0, 0, 2000]),
            "cap_per_activity": CAP,
            "cap_per_day": CAP,
            "budget": CAP,
            "priority": st.integers(0, 3),
            "exclusive_group": st.sampled_from(["", "", "offers"]),
            "activation_delay_days": st.sampled_from([0, 14]),
            **own,
        }
    )


POINTS = st.integers(1, 20)
TERMS = st.one_of(
    terms(effect=st.just("per_amount"), points=POINTS, per_amount=st.integers(1, 3000)),
    terms(effect=st.just("percentage"), factor=FACTORS),
    terms(effect=st.just("per_item"), points=POINTS),
    terms(effect=st.just("fixed"), points=POINTS),
    terms(effect=st.just("multiplier"), factor=FACTORS),
)
RULES = st.lists(TERMS, max_size=6).map(
    lambda all_terms: [rule(code=f"rule-{place}", **own) for place, own in enumerate(all_terms)]
)
EUROS = st.decimals(0, 2000, places=2)
PURCHASES = st.builds(
    lambda euros, lines, paid_with: purchase(euros, *lines, paid_with=paid_with),
    EUROS,
    st.lists(st.builds(article, st.none() | EUROS, CATEGORIES, quantity=st.integers(1, 9)), max_size=4),
    st.lists(st.tuples(TENDERS, EUROS), max_size=3),
)
POLICIES = st.builds(
    Policy,
    rounding=st.sampled_from(["floor", "round", "ceil"]),
    earn_on=st.sampled_from(["net", "gross"]),
    excluded=st.sampled_from([Limits(), Limits(excluded_categories=frozenset({"tobacco"}))]),
)
USAGE = st.dictionaries(
    st.tuples(st.sampled_from(["rule-0", "rule-1"]), st.sampled_from(["2026-03-02", "budget"])), st.integers(0, 400)
)


@given(PURCHASES, RULES, POLICIES, USAGE)
def test_outcomes_and_grants_add_up_to_what_was_granted(facts, rules, policy, usage):
    verdict = decide(facts, rules, policy, usage)
    assert verdict.granted >= 0
    assert sum(outcome["granted"] for outcome in verdict.outcomes) == verdict.granted
    assert sum(verdict.grants.values()) == verdict.granted
    assert all(points > 0 for points in verdict.grants.values())
    assert all(type(points) is int for points in verdict.grants.values())


@given(PURCHASES, RULES, POLICIES, USAGE)
def test_every_rule_has_one_outcome_and_no_cap_is_passed(facts, rules, policy, usage):
    verdict = decide(facts, rules, policy, usage)
    outcomes = {outcome["rule"]: outcome for outcome in verdict.outcomes}
    assert len(verdict.outcomes) == len(rules)
    for each in rules:
        points = outcomes[each.code]["granted"]
        assert points <= outcomes[each.code]["desired"]
        assert each.cap_per_activity is None or points <= each.cap_per_activity
        for cap, period in ((each.cap_per_day, "2026-03-02"), (each.budget, "budget")):
            assert cap is None or points <= max(cap - usage.get((each.code, period), 0), 0)


@given(PURCHASES, RULES, POLICIES)
def test_rules_may_be_given_in_any_order(facts, rules, policy):
    assert decide(facts, rules, policy) == decide(facts, rules[::-1], policy)


@given(PURCHASES, RULES, POLICIES)
def test_a_rule_that_did_not_apply_granted_nothing(facts, rules, policy):
    for outcome in decide(facts, rules, policy).outcomes:
        assert outcome["reason"] in ("matched", "capped", "budget_spent") or outcome["granted"] == 0


@given(PURCHASES, RULES, st.lists(st.sampled_from(["points", "cashback"]), min_size=6, max_size=6), POLICIES, USAGE)
def test_each_currency_adds_up_for_itself(facts, rules, currencies, policy, usage):
    by_purse: dict[str, list] = {}
    for each, currency in zip(rules, currencies, strict=False):
        by_purse.setdefault(currency, []).append(replace(each, currency=currency))
    for currency, own in by_purse.items():
        verdict = decide(facts, own, policy, usage)
        assert sum(outcome["granted"] for outcome in verdict.outcomes) == verdict.granted
        assert {outcome.get("currency", "points") for outcome in verdict.outcomes} == {currency}
