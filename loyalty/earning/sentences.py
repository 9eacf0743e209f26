"""Rules and outcomes in words, in the reader's language: `describe` a rule, `explain` what it made of an activity."""

import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.text import capfirst, get_text_list
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from loyalty.challenges import sentences as challenges
from loyalty.earning.gifts import KEPT, WITHDRAWN
from loyalty.earning.models import EarningRule, Kind
from loyalty.earning.values import REWARDS, Reason
from loyalty.ledger.currencies import CASHBACK, POINTS
from loyalty.lib.money import money_text
from loyalty.lib.periods import ONE_DAY
from loyalty.lib.wording import named
from loyalty.partners import sentences as partners
from loyalty.punchcards import sentences as punchcards
from loyalty.referrals import sentences as referrals
from loyalty.tiers import sentences as tiers

REFUND = "refund"  # the reason of a refund's outcomes, which no rule decides

_PLAIN = {
    Reason.NOT_YET_VALID: gettext_lazy("The rule was not valid yet."),
    Reason.ENDED: gettext_lazy("The rule was no longer valid."),
    Reason.OTHER_STORE: gettext_lazy("The rule holds in other stores."),
    Reason.OTHER_CHANNEL: gettext_lazy("The rule holds for other channels."),
    Reason.OTHER_BRAND: gettext_lazy("The rule holds for other brands."),
    Reason.OTHER_TENDER: gettext_lazy("The rule holds for other means of payment."),
    Reason.OTHER_WEEKDAY: gettext_lazy("The rule holds on other days of the week."),
    Reason.OUTSIDE_HOURS: gettext_lazy("The rule holds at other hours."),
    Reason.MISSING_TAG: gettext_lazy("The rule is for members with a tag that this one does not have."),
    Reason.OTHER_TIER: gettext_lazy("The rule is for members of other tiers."),
    Reason.OTHER_PLAN: gettext_lazy("The rule is for members with other plans."),
    Reason.NO_MATCHING_ARTICLES: gettext_lazy("None of the rule’s articles was there."),
    Reason.NOTHING_TO_EARN_ON: gettext_lazy(
        "Nothing was left to earn on: excluded goods and what is paid with points do not count."
    ),
    Reason.NOTHING_TO_MULTIPLY: gettext_lazy("There was nothing to multiply."),
}
_CAPS = {
    "activity": gettext_lazy("the cap per activity"),
    "day": gettext_lazy("the cap per member and day"),
    "month": gettext_lazy("the cap per member and month"),
    "member": gettext_lazy("the cap per member"),
}


_GIFTS = {
    Reason.OUT_OF_STOCK: gettext_lazy("The reward “%(reward)s” is out of stock."),
    WITHDRAWN: gettext_lazy("The reward “%(reward)s” was withdrawn."),
    KEPT: gettext_lazy("The reward “%(reward)s” had been used: it stays with the member."),
}


# What the kinds of program made of an activity: effect → its title and the kind's own `explain(outcome, currency=)`.
EFFECTS: dict[str, tuple[Promise, Callable[..., str]]] = {
    "tier": (gettext_lazy("Tier"), tiers.explain),
    "challenge": (gettext_lazy("Challenge"), challenges.explain),
    "code": (gettext_lazy("Code to enter"), challenges.explain_code),
    "punch": (punchcards.TITLE, punchcards.explain),
    "draw": (challenges.DRAW, challenges.explain_draw),
    "instant_win": (challenges.INSTANT_WIN, challenges.explain_instant_win),
    "referral": (referrals.TITLE, referrals.explain),
    "partner": (partners.TITLE, partners.explain),
}

# Whose multiplier it is, by the name of the kind of program: `tiers:gold`.
_STANDINGS = {"tiers": gettext_lazy("Tier"), "subscriptions": gettext_lazy("Plan")}


def explain(outcome: Mapping[str, Any], *, currency: str) -> str:
    """Why a rule granted what it granted, as one sentence. An outcome that nobody knows any more shows its code."""
    if outcome.get("effect") in EFFECTS:
        return EFFECTS[outcome["effect"]][1](outcome, currency=currency)
    reason = outcome["reason"]
    if reason in _PLAIN:
        return str(_PLAIN[reason])
    if reason == Reason.MATCHED:
        return _granted(outcome, currency)
    if reason == REFUND:
        return _refunded(outcome, currency)
    if reason in _GIFTS:
        return str(_GIFTS[reason]) % {"reward": _reward_name(outcome)}
    words = {
        "desired": _quantity(outcome.get("desired", 0), _unit(outcome), currency),
        "granted": _quantity(outcome.get("granted", 0), _unit(outcome), currency),
        "amount": money_text(outcome.get("amount", 0), currency),
        "needed": money_text(outcome.get("needed"), currency),
        "cap": _CAPS.get(outcome.get("cap", ""), ""),
        "winner": outcome.get("winner", ""),
    }
    templates = {
        Reason.CAPPED: _("%(desired)s, of which %(cap)s left %(granted)s."),
        Reason.BUDGET_SPENT: _("%(desired)s, of which the rule’s budget left %(granted)s."),
        Reason.BELOW_MINIMUM: _("The amount that counts, %(amount)s, is below the minimum of %(needed)s."),
        Reason.BELOW_ONE_STEP: _("The amount that counts, %(amount)s, is below one full %(needed)s."),
        Reason.LOST_IN_GROUP: _("Another rule of the same exclusive group went first: %(winner)s."),
    }
    return templates[reason] % words if reason in templates else str(reason)


def title(outcome: Mapping[str, Any], names: Mapping[tuple[str, int], str]) -> str:
    """Whose outcome it is: the rule's name, by code and version in `names`, or the kind of program. May be empty."""
    if outcome.get("effect") in EFFECTS:
        return str(EFFECTS[outcome["effect"]][0])
    code = outcome.get("rule", "")
    kind, _colon, standing = code.partition(":")
    if standing and (whose := _STANDINGS.get(kind)):
        return named(whose, standing)
    return names.get((code, outcome.get("version", 1)), code)


def describe(rule: EarningRule) -> str:
    """What a rule says: “1 point for each full $1.00 · in lyon · on Monday · at most 100 points per day”."""
    currency = rule.program.money_currency
    head = _effect(rule, currency)
    if rule.kind != Kind.PURCHASE:
        head = _("%(kind)s: %(effect)s") % {"kind": capfirst(kind_text(rule.kind)), "effect": head}
    return " · ".join([head, *_goods(rule, currency), *_circumstances(rule), *_caps(rule, currency), *_dates(rule)])


def kind_text(kind: str) -> str:
    """The name of a kind of activity; one that the program invented is its own name."""
    return str(dict(Kind.choices).get(kind, kind))


def points_text(points: int) -> str:
    count = number_format(points, use_l10n=True, force_grouping=True)
    return ngettext("%(count)s point", "%(count)s points", points) % {"count": count}


def rewards_text(count: int) -> str:
    number = number_format(count, use_l10n=True, force_grouping=True)
    return ngettext("%(count)s reward", "%(count)s rewards", count) % {"count": number}


def _granted(outcome: Mapping[str, Any], currency: str) -> str:
    if "reward" in outcome:
        return _("The reward “%(reward)s”.") % {"reward": _reward_name(outcome)}
    words = {"points": _quantity(outcome["granted"], _unit(outcome), currency)}
    if "factor" in outcome:
        return _multiplied(outcome) % (words | {"factor": _number(Decimal(outcome["factor"]))})
    if "amount" in outcome:
        return _("%(points)s for %(amount)s.") % (words | {"amount": money_text(outcome["amount"], currency)})
    return _("%(points)s.") % words


def _multiplied(outcome: Mapping[str, Any]) -> str:
    added = outcome["granted"] >= 0
    if _unit(outcome) == CASHBACK:
        return _("Cash-back × %(factor)s: %(points)s more.") if added else _("Cash-back × %(factor)s: %(points)s.")
    return _("Points × %(factor)s: %(points)s more.") if added else _("Points × %(factor)s: %(points)s.")


def _unit(outcome: Mapping[str, Any]) -> str:
    """What an outcome counts: a currency, or rewards."""
    return REWARDS if "reward" in outcome else outcome.get("currency", POINTS)


def _quantity(count: int, unit: str, money: str) -> str:
    if unit == CASHBACK:
        return _("%(amount)s cash-back") % {"amount": money_text(count, money)}
    return rewards_text(count) if unit == REWARDS else points_text(count)


def _reward_name(outcome: Mapping[str, Any]) -> str:
    names = outcome.get("names", {})
    return names.get((get_language() or "")[:2]) or names.get("en") or outcome.get("reward", "")


def _refunded(outcome: Mapping[str, Any], currency: str) -> str:
    due, taken = -outcome.get("desired", 0), -outcome.get("granted", 0)
    texts = {name: _quantity(count, _unit(outcome), currency) for name, count in (("due", due), ("taken", taken))}
    words = {"purchase": outcome.get("refunds", "")} | texts
    if due == taken:
        return _("Refund of %(purchase)s: %(taken)s taken back.") % words
    return _("Refund of %(purchase)s: %(due)s to take back, of which %(taken)s were there.") % words


def _effect(rule: EarningRule, currency: str) -> str:
    is_cashback = rule.currency == CASHBACK
    if rule.effect == EarningRule.Effect.PERCENTAGE:
        text = _("%(factor)s%% of the amount as cash-back") if is_cashback else _("%(factor)s%% of the amount")
        return text % {"factor": _number(rule.factor)}
    if rule.effect == EarningRule.Effect.MULTIPLIER:
        return (_("cash-back × %(factor)s") if is_cashback else _("points × %(factor)s")) % {
            "factor": _number(rule.factor)
        }
    if rule.effect == EarningRule.Effect.REWARD:
        return _("the reward “%(reward)s”") % {"reward": rule.reward}
    points = _quantity(rule.points or 0, rule.currency, currency)
    if rule.effect == EarningRule.Effect.PER_AMOUNT:
        return _("%(points)s for each full %(amount)s") % {
            "points": points,
            "amount": money_text(rule.per_amount, currency),
        }
    return _("%(points)s for each piece") % {"points": points} if rule.effect == "per_item" else points


def _goods(rule: EarningRule, currency: str) -> list[str]:
    return _texts(
        (_("for %(names)s"), [*rule.categories, *rule.skus]),
        (_("not for %(names)s"), [*rule.excluded_categories, *rule.excluded_skus]),
        (_("paid with %(names)s"), rule.tenders),
        (_("of at least %(names)s"), [money_text(rule.minimum_amount, currency)] if rule.minimum_amount else []),
    )


def _circumstances(rule: EarningRule) -> list[str]:
    texts = _texts(
        (_("in %(names)s"), rule.stores),
        (_("by %(names)s"), rule.channels),
        (_("brand %(names)s"), rule.brands),
        (_("members tagged %(names)s"), rule.member_tags),
        (_("members of the tier %(names)s"), rule.tiers),
        (_("members with the plan %(names)s"), rule.plans),
        (_("on %(names)s"), [str(WEEKDAYS[day - 1]) for day in sorted(rule.weekdays)]),
    )
    if rule.hour_from is not None or rule.hour_to is not None:
        texts.append(_("from %(start)s:00 to %(end)s:00") % {"start": rule.hour_from or 0, "end": rule.hour_to or 24})
    return texts


def _caps(rule: EarningRule, currency: str) -> list[str]:
    caps = (
        (_("at most %(points)s per activity"), rule.cap_per_activity),
        (_("at most %(points)s per day"), rule.cap_per_day),
        (_("at most %(points)s per month"), rule.cap_per_month),
        (_("at most %(points)s per member"), rule.cap_per_member),
        (_("at most %(points)s in all"), rule.budget),
    )
    unit = REWARDS if rule.effect == EarningRule.Effect.REWARD else rule.currency
    texts = [text % {"points": _quantity(cap, unit, currency)} for text, cap in caps if cap is not None]
    days = rule.activation_delay_days
    if days:
        texts.append(ngettext("usable after %(days)s day", "usable after %(days)s days", days) % {"days": days})
    return texts


def _dates(rule: EarningRule) -> list[str]:
    tz = rule.program.tzinfo
    return _texts(
        (_("since %(names)s"), [_moment(rule.valid_from, tz)] if rule.valid_from else []),
        (_("until %(names)s"), [_moment(rule.valid_to, tz, ends=True)] if rule.valid_to else []),
    )


def _texts(*templates: tuple[str, Iterable[str]]) -> list[str]:
    """Each template with its names, “a, b or c”; a template without names says nothing."""
    listed = ((template, get_text_list(list(names), _("or"))) for template, names in templates)
    return [template % {"names": names} for template, names in listed if names]


def _moment(moment: datetime, tz: zoneinfo.ZoneInfo, *, ends: bool = False) -> str:
    """The local moment; midnight is not worth saying, and what ends at midnight lasts until the day before."""
    local = moment.astimezone(tz)
    if (local.hour, local.minute) != (0, 0):
        return date_format(local, "DATETIME_FORMAT")
    return date_format(local.date() - ONE_DAY if ends else local.date(), "DATE_FORMAT")


def _number(number: Decimal | None) -> str:
    """The number without the zeros that a column of four decimals adds."""
    plain = (number or Decimal()).normalize()
    exponent = plain.as_tuple().exponent
    return number_format(plain, max(-exponent, 0) if isinstance(exponent, int) else 0, use_l10n=True)
