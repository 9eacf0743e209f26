"""What an activity earns under a program's rules: plain values in, a `Verdict` out. No database, no clock.

Base rules add up. Multipliers multiply one another and what the base rules granted; one that is limited to articles or
tenders multiplies in proportion to their share. In an exclusive group the highest priority wins. A rule's caps and
budget trim what it grants, in the order of priority: base rules first, so that a multiplier multiplies what was
granted. Points are rounded once per activity, after the multipliers, and shared among the rules so that the outcomes
add up to what was granted. Arithmetic is exact: integers, and fractions where percentages or shares ask for them.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from loyalty.earning.basket import Basket, Line, Part
from loyalty.earning.caps import BUDGET, EVER, Usage, trimmed, usage_keys
from loyalty.earning.conditions import circumstances, goods, validity
from loyalty.earning.values import (
    POINTS,
    Exact,
    Facts,
    Outcome,
    Policy,
    Reason,
    Rule,
    Verdict,
    boosts_of,
    compile_policy,
    compile_rule,
)

__all__ = [
    "BUDGET",
    "EVER",
    "Facts",
    "Line",
    "Outcome",
    "Policy",
    "Reason",
    "Rule",
    "Usage",
    "Verdict",
    "boosts_of",
    "compile_policy",
    "compile_rule",
    "decide",
    "usage_keys",
]

NOTHING_USED: Usage = {}


def decide(facts: Facts, rules: Iterable[Rule], policy: Policy, usage: Usage = NOTHING_USED) -> Verdict:
    """What the activity earns in one purse (points, another currency, rewards), and the outcome of every rule of it.

    `usage` holds what capped rules have granted so far, under the keys of `usage_keys`; a missing key is nothing.
    """
    claims = [_Claim(rule) for rule in _in_question(facts, rules)]
    basket = Basket(facts.amount, facts.lines, facts.paid_with, policy.excluded, policy.earn_on == "net")
    for claim in claims:
        _assess(claim, facts, basket)
    _settle_groups(claims)
    base: list[_Claim] = []
    multipliers: list[_Claim] = []
    for claim in claims:
        if claim.reason is Reason.MATCHED:
            (multipliers if claim.rule.is_multiplier else base).append(claim)
    for claim in base:
        claim.granted, claim.cap = trimmed(claim.rule, claim.desired, facts.local, usage)
    if multipliers:
        _multiply(base, multipliers, basket, facts, usage)
    granted = _share_out(base + multipliers, policy.rounding)
    outcomes = [_outcome(claim, policy.rounding) for claim in claims]
    return Verdict(granted, _grants(claims), outcomes, _usage(claims, facts))


class _Claim:
    """A rule on its way to an outcome. `desired` and `granted` are exact; `points` is the whole share of the total."""

    __slots__ = ("amount", "cap", "desired", "granted", "points", "reason", "rule", "winner")

    def __init__(self, rule: Rule):
        self.rule = rule
        self.reason = Reason.MATCHED
        self.amount: Exact = 0
        self.desired: Exact = 0
        self.granted: Exact = 0
        self.points = 0
        self.cap = ""
        self.winner = ""


def _in_question(facts: Facts, rules: Iterable[Rule]) -> list[Rule]:
    """The rules of this kind of activity by priority; of a rule's versions the one in force, else the latest."""
    found = [rule for rule in rules if rule.kind == facts.kind]
    if len(found) < 2:
        return found
    versions: dict[str, Rule] = {}
    for rule in sorted(found, key=lambda rule: rule.version):
        known = versions.get(rule.code)
        if known is None or validity(known, facts.occurred_at) is not Reason.MATCHED:
            versions[rule.code] = rule
    return sorted(versions.values(), key=lambda rule: (-rule.priority, rule.code))


def _assess(claim: _Claim, facts: Facts, basket: Basket) -> None:
    rule = claim.rule
    if rule.is_conditional:
        claim.reason = circumstances(rule, facts)
    if claim.reason is Reason.MATCHED:
        claim.amount = basket.money(rule.limits)
        claim.reason = goods(rule, facts, basket, claim.amount)
    if claim.reason is Reason.MATCHED:
        claim.desired = _base_points(rule, claim.amount, basket)


def _base_points(rule: Rule, amount: Exact, basket: Basket) -> Exact:
    if rule.effect == "per_amount":
        return amount // rule.per_amount * rule.points
    if rule.effect == "percentage":
        return amount * Fraction(rule.factor) / 100
    if rule.effect == "per_item":
        return basket.items(rule.limits) * rule.points
    if rule.gift:
        return 1
    return 0 if rule.is_multiplier else rule.points


def _settle_groups(claims: list[_Claim]) -> None:
    """In each exclusive group the highest priority wins; of equals the larger gift, then the first code."""
    groups: dict[str, list[_Claim]] = {}
    for claim in claims:
        if claim.rule.exclusive_group and claim.reason is Reason.MATCHED:
            groups.setdefault(claim.rule.exclusive_group, []).append(claim)
    for rivals in groups.values():
        winner = min(rivals, key=lambda claim: (-claim.rule.priority, -claim.desired, -claim.rule.factor))
        for claim in rivals:
            if claim is not winner:
                claim.reason, claim.winner = Reason.LOST_IN_GROUP, winner.rule.code


def _multiply(base: list[_Claim], multipliers: list[_Claim], basket: Basket, facts: Facts, usage: Usage) -> None:
    """Let each multiplier add (factor − 1) times the points that it reaches, those of the multipliers before included.

    Points are spread over the parts of the basket only when a multiplier reaches some of them and not others.
    """
    divided = any(claim.rule.is_limited for claim in multipliers)
    parts = basket.parts if divided else []
    spread = _spread(base, parts)
    for claim in multipliers:
        limits = claim.rule.limits
        reached = [not limits, *(part.within(limits) for part in parts)]
        points = sum(points for points, within in zip(spread, reached, strict=True) if within)
        claim.desired = (claim.rule.factor - 1) * points
        claim.granted, claim.cap = trimmed(claim.rule, claim.desired, facts.local, usage)
        if not points:
            claim.reason = Reason.NOTHING_TO_MULTIPLY
            continue
        growth = 1 + Fraction(claim.granted) / points
        spread = [points * growth if within else points for points, within in zip(spread, reached, strict=True)]


def _spread(base: list[_Claim], parts: list[Part]) -> list[Exact]:
    """The points of the base rules over the parts of the basket; first those that belong to no part.

    Points of a rule lie where its money lies, points per item where its items lie; a gift for the whole purchase lies
    on none of its goods.
    """
    spread: list[Exact] = [0] * (len(parts) + 1)
    for claim in base:
        limits = claim.rule.limits
        per_item = claim.rule.effect == "per_item"
        weights = [(part.items if per_item else part.money) * part.within(limits) for part in parts]
        whole = sum(weights)
        if not whole or (claim.rule.effect == "fixed" and not limits):
            spread[0] += claim.granted
            continue
        for place, weight in enumerate(weights, start=1):
            spread[place] += claim.granted * weight / whole
    return spread


_ROUNDINGS = {"floor": floor, "ceil": ceil, "round": lambda points: floor(points + Fraction(1, 2))}


def _share_out(claims: list[_Claim], rounding: str) -> int:
    """Round the sum once and give each rule whole points of it: its own rounded down, the largest remainders one more.

    No rule gets more than its own points rounded up, which is why a cap, being whole, still holds.
    """
    total: int = _ROUNDINGS[rounding](sum(claim.granted for claim in claims))
    for claim in claims:
        claim.points = floor(claim.granted)
    left = total - sum(claim.points for claim in claims)
    if left:
        by_remainder = sorted(claims, key=lambda claim: claim.points - claim.granted)
        for claim in by_remainder[:left]:
            claim.points += 1
    return total


def _outcome(claim: _Claim, rounding: str) -> Outcome:
    rule, granted = claim.rule, claim.points
    desired = granted
    if claim.cap:
        desired = max(_ROUNDINGS[rounding](claim.desired), granted)
        if desired > granted:
            claim.reason = Reason.BUDGET_SPENT if claim.cap == "budget" else Reason.CAPPED
    outcome = Outcome(rule=rule.code, version=rule.version, reason=claim.reason.value, desired=desired, granted=granted)
    if claim.amount and rule.effect in ("per_amount", "percentage"):
        outcome["amount"] = floor(claim.amount)
    if claim.reason is Reason.BELOW_MINIMUM:
        outcome["amount"], outcome["needed"] = floor(claim.amount), rule.minimum_amount
    elif claim.reason is Reason.BELOW_ONE_STEP:
        outcome["needed"] = rule.per_amount
    elif claim.reason is Reason.CAPPED:
        outcome["cap"] = claim.cap
    elif claim.reason is Reason.LOST_IN_GROUP:
        outcome["winner"] = claim.winner
    if rule.is_multiplier:
        outcome["factor"] = str(Decimal(rule.factor.numerator) / rule.factor.denominator)
    return _of_purse(outcome, rule)


def _of_purse(outcome: Outcome, rule: Rule) -> Outcome:
    """The outcome with what it counts, where that is not points."""
    if rule.currency != POINTS:
        outcome["currency"] = rule.currency
    if rule.gift:
        outcome["reward"], outcome["names"] = rule.gift.code, rule.gift.names
    return outcome


def _grants(claims: list[_Claim]) -> dict[int, int]:
    """Points by days until they can be used. A multiplier below 1 takes first from what can be used last."""
    grants: dict[int, int] = {}
    taken = 0
    for claim in claims:
        if claim.points > 0:
            delay = claim.rule.activation_delay_days
            grants[delay] = grants.get(delay, 0) + claim.points
        else:
            taken -= claim.points
    for delay in sorted(grants, reverse=True) if taken else ():
        less = min(taken, grants[delay])
        grants[delay] -= less
        taken -= less
    return {delay: points for delay, points in grants.items() if points}


def _usage(claims: list[_Claim], facts: Facts) -> dict[tuple[str, str], int]:
    return {
        key: claim.points
        for claim in claims
        if claim.rule.is_capped and claim.points > 0
        for key in usage_keys(claim.rule, facts.local)
    }
