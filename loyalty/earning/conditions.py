"""Whether a rule applies to an activity, and if not the first reason why. Pure functions over plain values."""

from datetime import datetime, timedelta

from loyalty.earning.basket import Basket
from loyalty.earning.values import PURCHASE, Exact, Facts, Reason, Rule

# The names of the kinds of program whose standings rules may ask for.
TIERS, SUBSCRIPTIONS = "tiers", "subscriptions"


def validity(rule: Rule, moment: datetime) -> Reason:
    if rule.valid_from is not None and moment < rule.valid_from:
        return Reason.NOT_YET_VALID
    if rule.valid_to is not None and moment >= rule.valid_to:
        return Reason.ENDED
    return Reason.MATCHED


def circumstances(rule: Rule, facts: Facts) -> Reason:
    """When, where and by whom: all that can be said before looking at the goods."""
    valid = validity(rule, facts.occurred_at)
    if valid is not Reason.MATCHED:
        return valid
    if rule.stores and facts.store not in rule.stores:
        return Reason.OTHER_STORE
    if rule.channels and facts.channel not in rule.channels:
        return Reason.OTHER_CHANNEL
    if rule.brands and facts.brand not in rule.brands:
        return Reason.OTHER_BRAND
    if rule.member_tags and rule.member_tags.isdisjoint(facts.member_tags):
        return Reason.MISSING_TAG
    if rule.tiers and facts.standing.get(TIERS) not in rule.tiers:
        return Reason.OTHER_TIER
    if rule.plans and facts.standing.get(SUBSCRIPTIONS) not in rule.plans:
        return Reason.OTHER_PLAN
    return _clock(rule, facts.local)


def goods(rule: Rule, facts: Facts, basket: Basket, amount: Exact) -> Reason:
    """What was bought and how it was paid; `amount` is the money that earns within the rule's limits."""
    limits = rule.limits
    if limits.tenders and limits.tenders.isdisjoint(tender for tender, _paid in facts.paid_with):
        return Reason.OTHER_TENDER
    if (limits.names_articles or rule.effect == "per_item") and not basket.has_articles(limits):
        return Reason.NO_MATCHING_ARTICLES
    # A purchase of nothing, of excluded goods alone or paid with points alone earns nothing, a fixed gift included.
    if not amount and (facts.kind == PURCHASE or rule.effect in ("per_amount", "percentage")):
        return Reason.NOTHING_TO_EARN_ON
    if amount < rule.minimum_amount:
        return Reason.BELOW_MINIMUM
    if rule.effect == "per_amount" and amount < rule.per_amount:
        return Reason.BELOW_ONE_STEP
    return Reason.MATCHED


def _clock(rule: Rule, local: datetime) -> Reason:
    """Hours that pass midnight (22 to 4) belong to the day on which they begin."""
    start = rule.hour_from or 0
    end = 24 if rule.hour_to is None else rule.hour_to
    overnight = start >= end
    inside = local.hour >= start or local.hour < end if overnight else start <= local.hour < end
    day = local - timedelta(days=1) if overnight and local.hour < end else local
    if rule.weekdays and day.isoweekday() not in rule.weekdays:
        return Reason.OTHER_WEEKDAY
    return Reason.MATCHED if inside else Reason.OUTSIDE_HOURS
