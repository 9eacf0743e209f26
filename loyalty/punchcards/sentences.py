"""Punch cards in words, in the reader's language: what came of an activity, what stands on the receipt."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from loyalty.lib.money import money_text
from loyalty.lib.wording import named
from loyalty.programs.kinds import Kind
from loyalty.punchcards.models import PunchCardProgram
from loyalty.punchcards.rules import PunchOn, Reason

TITLE = gettext_lazy("Punch card")

_PLAIN = {
    Reason.OTHER_STORE: gettext_lazy("The card is punched in other stores."),
    Reason.OTHER_CHANNEL: gettext_lazy("The card is punched in other channels."),
    Reason.BELOW_MINIMUM: gettext_lazy("The amount that counts is below the card’s minimum."),
    Reason.NO_MATCHING_ITEMS: gettext_lazy("None of the items that punch the card was there."),
    Reason.BELOW_ONE_STEP: gettext_lazy("The amount that counts is too small for a punch."),
    Reason.LIMIT_REACHED: gettext_lazy("The card takes no more punches that day."),
    Reason.VISIT_STAYS: gettext_lazy("The punch of a visit stays until all of it is refunded."),
}


def explain(outcome: Mapping[str, Any], *, currency: str) -> str:
    """What an activity did to a card, as sentences. An outcome that nobody knows any more shows its code."""
    reason = outcome["reason"]
    if reason == Reason.PUNCHED:
        text = _punched(outcome)
    elif reason == Reason.TAKEN_BACK:
        text = _taken_back(outcome)
    else:
        text = str(_PLAIN.get(reason, reason))
    return named(_name(outcome), text)


def receipt_line(card) -> str:
    """What a receipt says of a card (`queries.HeldCard`): “Coffee: 3 / 5, 2 more visits”."""
    stand = f"{card.punches}\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}{card.of}"
    return named(card.name, f"{stand}, {more(card.punch_on, card.of - card.punches)}")


def more(punch_on: str, missing: int) -> str:
    """How much is missing to a full card, in what punches it."""
    if punch_on == PunchOn.VISIT:
        text = ngettext("%(count)s more visit", "%(count)s more visits", missing)
    elif punch_on == PunchOn.ITEM:
        text = ngettext("%(count)s more item", "%(count)s more items", missing)
    else:
        text = ngettext("%(count)s more punch", "%(count)s more punches", missing)
    return text % {"count": missing}


def describe(definition: PunchCardProgram) -> str:
    """What a card promises: “5 visits → 1 × Drink”."""
    needed = definition.punches_needed
    if definition.punch_on == PunchOn.VISIT:
        text = ngettext("%(count)s visit", "%(count)s visits", needed) % {"count": needed}
    elif definition.punch_on == PunchOn.ITEM:
        text = ngettext("%(count)s item", "%(count)s items", needed) % {"count": needed}
    else:
        amount = money_text(definition.per_amount, definition.program.money_currency)
        text = _("%(count)s × %(amount)s") % {"count": needed, "amount": amount}
    return f"{text} → {definition.reward_quantity} × {definition.reward}"


def conditions(definition: PunchCardProgram) -> str:
    """What has to be so that it is punched: “purchase or visit · in lyon · from $5.00 on”."""
    parts = [_listed(kind_text(kind) for kind in definition.kinds)]
    goods = [*definition.categories, *definition.skus]
    parts += [_("for %(names)s") % {"names": _listed(goods)}] if goods else []
    parts += [_("in %(names)s") % {"names": _listed(definition.stores)}] if definition.stores else []
    parts += [_("by %(names)s") % {"names": _listed(definition.channels)}] if definition.channels else []
    if definition.minimum_amount:
        amount = money_text(definition.minimum_amount, definition.program.money_currency)
        parts.append(_("from %(amount)s on") % {"amount": amount})
    return " · ".join(parts)


def kind_text(kind: str) -> str:
    """The name of a kind of activity; one that the program invented is its own name."""
    return str(dict(Kind.choices).get(kind, kind))


def _listed(names: Iterable[str]) -> str:
    return get_text_list(list(names), _("or"))


def _punched(outcome: Mapping[str, Any]) -> str:
    given, completed = outcome.get("given", 0), outcome.get("completed", 0)
    sentences = [ngettext("%(count)s punch.", "%(count)s punches.", given) % {"count": given}]
    if outcome.get("limit"):
        text = _("A limit of the day trimmed it.") if outcome["limit"] == "day" else _("A limit per visit trimmed it.")
        sentences.append(text)
    if completed:
        sentences.append(
            ngettext("%(count)s card was filled.", "%(count)s cards were filled.", completed) % {"count": completed}
        )
        sentences += _rewards(outcome)
    if lost := outcome.get("lost"):
        sentences.append(
            ngettext(
                "%(count)s punch was lost: nothing is carried over.",
                "%(count)s punches were lost: nothing is carried over.",
                lost,
            )
            % {"count": lost}
        )
    return " ".join([*sentences, _stands_at(outcome)])


def _rewards(outcome: Mapping[str, Any]) -> list[str]:
    given, missing = outcome.get("rewards", 0), outcome.get("missing", 0)
    told = []
    if given:
        told.append(ngettext("%(count)s reward was given.", "%(count)s rewards were given.", given) % {"count": given})
    if missing:
        told.append(
            ngettext(
                "%(count)s reward is out of stock and follows.",
                "%(count)s rewards are out of stock and follow.",
                missing,
            )
            % {"count": missing}
        )
    return told or [_("Its reward had been given before.")]


def _taken_back(outcome: Mapping[str, Any]) -> str:
    taken = outcome.get("taken", 0)
    sentences = [ngettext("%(count)s punch taken back.", "%(count)s punches taken back.", taken) % {"count": taken}]
    if withdrawn := outcome.get("withdrawn"):
        sentences.append(
            ngettext(
                "The card is no longer full: %(count)s unused reward was withdrawn.",
                "The card is no longer full: %(count)s unused rewards were withdrawn.",
                withdrawn,
            )
            % {"count": withdrawn}
        )
    if kept := outcome.get("kept"):
        sentences.append(
            ngettext(
                "%(count)s reward was used and stays; the card gives no second one.",
                "%(count)s rewards were used and stay; the card gives no second ones.",
                kept,
            )
            % {"count": kept}
        )
    return " ".join([*sentences, _stands_at(outcome)])


def _stands_at(outcome: Mapping[str, Any]) -> str:
    punches = outcome.get("punches", 0)
    text = ngettext(
        "The card stands at %(punches)s punch of %(of)s.", "The card stands at %(punches)s punches of %(of)s.", punches
    )
    return text % {"punches": punches, "of": outcome.get("of", 0)}


def _name(outcome: Mapping[str, Any]) -> str:
    language = "name_fr" if (get_language() or "").startswith("fr") else "name_en"
    return outcome.get(language) or outcome.get("card", "")
