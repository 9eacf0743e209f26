"""From rows to the plain values that the rules work on."""

from loyalty.challenges import rules
from loyalty.challenges.models import Challenge
from loyalty.challenges.models.base import Conditional, ForSome
from loyalty.programs.models import Program


def policy_of(program: Program) -> rules.Policy:
    return rules.Policy(
        tz=program.tzinfo,
        excluded_categories=frozenset(program.excluded_categories),
        excluded_skus=frozenset(program.excluded_skus),
    )


def conditions_of(row: Conditional) -> rules.Conditions:
    names = ("kinds", "stores", "channels", "brands", "categories", "skus")
    sets = {name: frozenset(getattr(row, name)) for name in names}
    return rules.Conditions(minimum_amount=row.minimum_amount, **sets)


def audience_of(row: ForSome) -> rules.Audience:
    return rules.Audience(tiers=frozenset(row.tiers), plans=frozenset(row.plans), tags=frozenset(row.member_tags))


def terms_of(challenge: Challenge) -> rules.Terms:
    return rules.Terms(
        goal=challenge.goal,
        needed=challenge.needed,
        conditions=conditions_of(challenge),
        audience=audience_of(challenge),
        every=challenge.every,
        period=challenge.period,
        times=challenge.times,
        valid_from=challenge.valid_from,
        valid_to=challenge.valid_to,
    )
