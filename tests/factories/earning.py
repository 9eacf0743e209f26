"""What members do and what it earns.

Plain builders for the rules, which need no database (`base_rule`, `multiplier`, `purchase`, `granted`), and factories
for the rows of a database.
"""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import factory

from loyalty.earning.basket import Limits
from loyalty.earning.models import Activity, Decision, EarningRule
from loyalty.earning.rules import Facts, Line, Policy, Rule, decide
from tests.factories.members import LONG_AGO, MemberFactory
from tests.factories.programs import ProgramFactory

MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LIMITS = ("categories", "skus", "excluded_categories", "excluded_skus", "tenders")


def rule(effect, code, **terms):
    """A rule; sets may be given as lists, limits by their own names, `factor` as text."""
    sets = {name: frozenset(value) for name, value in terms.items() if isinstance(value, list | set | tuple)}
    limits = Limits(**{name: sets.pop(name) for name in LIMITS if name in sets})
    plain = {name: value for name, value in terms.items() if name not in sets and name not in LIMITS}
    if "factor" in plain:
        plain["factor"] = Fraction(plain["factor"])
    return Rule(code=code, effect=effect, limits=limits, **plain, **sets)


def base_rule(code="base", points=1, per_amount=100, **terms):
    """One point for each full euro, unless told otherwise."""
    return rule("per_amount", code, points=points, per_amount=per_amount, **terms)


def fixed(points, code="gift", **terms):
    return rule("fixed", code, points=points, **terms)


def per_item(points, code="items", **terms):
    return rule("per_item", code, points=points, **terms)


def percentage(factor, code="share", **terms):
    return rule("percentage", code, factor=factor, **terms)


def multiplier(factor, code="times", **terms):
    return rule("multiplier", code, factor=factor, **terms)


def cents(euros):
    return int(Decimal(str(euros)) * 100)


def article(price, category="", sku="", quantity=1):
    """A line; `price` is one piece's, in euros, None where the till does not send it."""
    return Line(sku=sku, category=category, quantity=quantity, unit_price=None if price is None else cents(price))


def purchase(euros=0, *lines, at=MONDAY_NOON, local=None, paid_with=(), member_tags=(), **terms):
    """A purchase of so many euros."""
    return Facts(
        kind=terms.pop("kind", "purchase"),
        occurred_at=at,
        local=local or at,
        amount=cents(euros),
        lines=lines,
        paid_with=[(tender, cents(paid)) for tender, paid in paid_with],
        member_tags=frozenset(member_tags),
        **terms,
    )


def granted(facts, *rules, usage=None, **policy):
    return decide(facts, rules, Policy(**policy), usage or {}).granted


def outcome(facts, *rules, of=None, usage=None, **policy):
    """The outcome of the first rule given, or of the one with this code."""
    wanted = of or rules[0].code
    outcomes = decide(facts, rules, Policy(**policy), usage or {}).outcomes
    return next(each for each in outcomes if each["rule"] == wanted)


class EarningRuleFactory(factory.django.DjangoModelFactory):
    """One point for each full euro of a purchase, since long ago."""

    class Meta:
        model = EarningRule

    program = factory.SubFactory(ProgramFactory)
    code = factory.Sequence(lambda n: f"rule-{n}")
    name = factory.Sequence(lambda n: f"Rule {n}")
    effect = EarningRule.Effect.PER_AMOUNT
    points = 1
    per_amount = 100
    created_at = LONG_AGO


class ActivityFactory(factory.django.DjangoModelFactory):
    """A purchase of ten euros, as a row alone: nothing was decided and nothing was earned."""

    class Meta:
        model = Activity

    program = factory.SubFactory(ProgramFactory)
    member = factory.SubFactory(MemberFactory)
    source = "till"
    external_id = factory.Sequence(lambda n: f"ticket-{n}")
    kind = "purchase"
    occurred_at = MONDAY_NOON
    recorded_at = factory.SelfAttribute("occurred_at")
    amount = 1000
    currency = "EUR"


class DecisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Decision

    activity = factory.SubFactory(ActivityFactory)
    member = factory.SelfAttribute("activity.member")
    granted = 10
    outcomes = factory.LazyFunction(
        lambda: [{"rule": "base", "version": 1, "reason": "matched", "desired": 10, "granted": 10, "amount": 1000}]
    )
    created_at = factory.SelfAttribute("activity.recorded_at")
