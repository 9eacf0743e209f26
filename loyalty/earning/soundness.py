"""Whether an earning rule makes sense, before it is saved: each problem at its field, in words for whoever wrote it."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.earning.basket import POINTS_TENDER
from loyalty.earning.models import EarningRule, Kind
from loyalty.earning.values import CAPS
from loyalty.ledger.currencies import Currency
from loyalty.programs.models import Program

Effect = EarningRule.Effect
Problem = tuple[str, str | Promise]

FIGURES = {
    Effect.PER_AMOUNT: ("points", "per_amount"),
    Effect.PER_ITEM: ("points",),
    Effect.FIXED: ("points",),
    Effect.PERCENTAGE: ("factor",),
    Effect.MULTIPLIER: ("factor",),
    Effect.REWARD: ("reward",),
}
# Beyond these a figure is a slip of the finger, and some databases could not hold it.
LARGEST = {
    "points": 1_000_000,
    "factor": 100,
    "per_amount": 10**12,
    "minimum_amount": 10**12,
    "budget": 10**12,
    "activation_delay_days": 3650,
    **dict.fromkeys(("cap_per_activity", "cap_per_day", "cap_per_month", "cap_per_member"), 10**9),
}
TEXT_LISTS = (
    "stores", "categories", "skus", "excluded_categories", "excluded_skus", "tenders", "channels", "brands",
    "member_tags", "tiers", "plans",
)  # fmt: skip


class RuleRefused(ValidationError):
    """The rule as asked for makes no sense, or comes too late; the messages are by field where one is at fault."""


def tidy(rule: EarningRule) -> None:
    """Empty the figures that the rule's effect does not use, so that none of them waits to be believed later."""
    used = FIGURES.get(Effect(rule.effect), ()) if rule.effect in Effect else ()
    for name in ("points", "per_amount", "factor", "reward"):
        if name not in used:
            setattr(rule, name, None)
    if rule.effect == Effect.REWARD:
        rule.activation_delay_days, rule.currency = 0, Currency.POINTS


def check(rule: EarningRule) -> None:
    """Raises `RuleRefused` with every problem found."""
    try:
        rule.clean_fields(exclude={"by"})  # the system itself is nobody
    except ValidationError as refusal:
        raise RuleRefused(refusal.error_dict) from refusal
    problems: dict[str, list[str | Promise]] = {}
    for finder in (_shapes, _figures, _times, _goods, _stores, _caps):
        # Later checks read what earlier ones have approved.
        for name, message in finder(rule):
            problems.setdefault(name, []).append(message)
        if problems and finder is _shapes:
            break
    if problems:
        raise RuleRefused(problems)


def _shapes(rule: EarningRule) -> Iterator[Problem]:
    for name in TEXT_LISTS:
        value = getattr(rule, name)
        if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
            yield name, _("Give a list of texts.")
    if not isinstance(rule.weekdays, list) or not all(day in range(1, 8) for day in rule.weekdays):
        yield "weekdays", _("Give days of the week, 1 for Monday to 7 for Sunday.")


def _figures(rule: EarningRule) -> Iterator[Problem]:
    if rule.kind == Kind.REFUND:
        yield "kind", _("A refund takes points back by itself, from what its purchase earned.")
    for name in FIGURES[Effect(rule.effect)]:
        value = getattr(rule, name)
        if value is None:
            yield name, _("Choose the reward.") if name == "reward" else _("This effect needs this figure.")
        elif name != "reward" and value <= 0:
            yield name, _("Give a figure above zero.")
    for name, largest in LARGEST.items():
        if (getattr(rule, name) or 0) > largest:
            yield (
                name,
                str(_("More than %(largest)s is surely a mistake."))
                % {"largest": number_format(largest, force_grouping=True)},
            )
    if rule.reward and rule.reward.program_id != rule.program_id:
        yield "reward", _("This reward belongs to another program.")
    if rule.effect == Effect.MULTIPLIER and rule.factor == 1:
        yield "factor", _("Points × 1 changes nothing.")


def _times(rule: EarningRule) -> Iterator[Problem]:
    if rule.hour_from is not None and rule.hour_from == rule.hour_to:
        yield "hour_to", _("The rule would never hold: its hours end where they begin.")
    if rule.valid_from and rule.valid_to and rule.valid_to <= rule.valid_from:
        yield "valid_to", _("The rule would end before it begins.")


def _goods(rule: EarningRule) -> Iterator[Problem]:
    program: Program = rule.program
    for name, excluded_name in (("categories", "excluded_categories"), ("skus", "excluded_skus")):
        wanted = set(getattr(rule, name))
        if both := wanted.intersection(getattr(rule, excluded_name)):
            yield excluded_name, _listing(_("The rule both asks for these and excludes them: %(names)s."), both)
        if excluded := wanted.intersection(getattr(program, excluded_name)):
            yield name, _listing(_("The program excludes these from earning: %(names)s."), excluded)
    if rule.tenders == [POINTS_TENDER] and program.earn_on == Program.EarnOn.NET:
        yield "tenders", _("What is paid with points earns no points in this program.")


def _stores(rule: EarningRule) -> Iterator[Problem]:
    if rule.stores:
        known = rule.program.stores.filter(code__in=rule.stores).values_list("code", flat=True)
        if unknown := set(rule.stores).difference(known):
            yield "stores", _listing(_("The program has no such stores: %(names)s."), unknown)


def _caps(rule: EarningRule) -> Iterator[Problem]:
    for name in CAPS:
        if getattr(rule, name) == 0:
            yield name, _("With zero the rule would never grant a point; leave it empty for no limit.")


def _listing(template: Promise, names: set[str]) -> str:
    return str(template) % {"names": ", ".join(sorted(names))}
