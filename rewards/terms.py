"""From rows to the plain values that the rules work on."""

from datetime import datetime
from decimal import Decimal

from loyalty.lib.periods import local_date
from loyalty.programs.models import Program
from rewards import rules
from rewards.discounting import UseTerms
from rewards.models import BurnRule, Offer, Reward, Voucher


def reward_terms(reward: Reward) -> rules.RewardTerms:
    """Reads the reward's stores: prefetch them where there are many rewards."""
    return rules.RewardTerms(
        is_active=reward.is_active,
        points_price=reward.points_price,
        stock=reward.stock,
        per_member_limit=reward.per_member_limit,
        valid_from=reward.valid_from,
        valid_to=reward.valid_to,
        stores=frozenset(store.code for store in reward.stores.all()),
        audience=audience(reward),
        early_from=reward.early_from,
    )


def audience(row: Reward | Offer) -> rules.Audience:
    return rules.Audience(
        tiers=frozenset(row.audience_tiers),
        plans=frozenset(row.audience_plans),
        tags=frozenset(row.audience_tags),
        segments=frozenset(row.audience_segments),
    )


def offer_terms(offer: Offer) -> rules.OfferTerms:
    return rules.OfferTerms(audience(offer), offer.early_from, offer.valid_from, offer.valid_to)


def use_terms(voucher: Voucher) -> UseTerms:
    """What a voucher gives: by its reward, or an amount alone."""
    reward = voucher.reward
    if reward is None:
        return UseTerms(value=voucher.value)
    return UseTerms(
        kind=reward.kind,
        value=voucher.value,
        percent=reward.percent,
        article=reward.product,
        minimum=reward.minimum_basket,
        categories=frozenset(reward.categories),
        skus=frozenset(reward.skus),
        is_stackable=reward.is_stackable,
        group=reward.exclusive_group,
    )


def burn_terms(rule: BurnRule) -> rules.BurnTerms:
    return rules.BurnTerms(
        points=rule.points,
        value=rule.value,
        rule_id=rule.pk,
        is_active=rule.is_active,
        minimum_points=rule.minimum_points,
        largest_share=Decimal(rule.largest_share),
        categories=frozenset(rule.categories),
        stores=frozenset(store.code for store in rule.stores.all()),
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
    )


def exclusions(program: Program) -> rules.Exclusions:
    return rules.Exclusions(frozenset(program.excluded_categories), frozenset(program.excluded_skus))


def is_closed(program: Program, at: datetime) -> bool:
    """Whether the program's last redemption day is over at that moment."""
    return not program.redeems_on(local_date(at, program.tzinfo))
