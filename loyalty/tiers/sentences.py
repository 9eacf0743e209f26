"""Tiers in words, in the reader's language: what an activity did to a tier, how much of the measure there is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty.lib.money import money_text
from loyalty.lib.periods import local_date
from loyalty.programs.kinds import Kind
from loyalty.programs.models import Program
from loyalty.tiers.rules import Metric

if TYPE_CHECKING:
    from loyalty.tiers.queries import Progress

INSTANT = timedelta(microseconds=1)


def explain(outcome: Mapping[str, Any], *, currency: str) -> str:
    """What an activity did to the member's tier."""
    words = {"tier": _name(outcome.get("tier")), "from": _name(outcome.get("from"))}
    if outcome["reason"] == "reached":
        measured = measure_text(outcome.get("measure") or 0, outcome.get("metric", ""), currency)
        return " ".join([_("%(tier)s reached with %(measure)s.") % (words | {"measure": measured}), *gifts(outcome)])
    if outcome["reason"] == "undone":
        return " ".join([_("%(from)s is undone, because it rested on this purchase.") % words, *gifts(outcome)])
    if outcome["reason"] == "stays":
        text = _("%(from)s rested on this purchase; the member’s tier stays as it is.")
        return " ".join([text % words, *gifts(outcome)])
    return str(outcome["reason"])


def measure_text(measure: int, metric: str, currency: str) -> str:
    """3,500 points, €350.00, 12 visits, 4 activities."""
    if metric == Metric.SPEND:
        return money_text(measure, currency)
    words = {"count": number_format(measure, use_l10n=True, force_grouping=True)}
    if metric == Metric.VISITS:
        return ngettext("%(count)s visit", "%(count)s visits", measure) % words
    if metric == Metric.COUNT:
        return ngettext("%(count)s activity", "%(count)s activities", measure) % words
    return ngettext("%(count)s point", "%(count)s points", measure) % words


def progress_sentences(progress: "Progress", program: Program) -> list[str]:
    """How far it is to the next tier, and what keeping this one takes."""
    found = []
    if progress.next and progress.next_tier and not progress.by_hand:
        missing = _measured(progress, program, progress.next.missing)
        found.append(_("%(missing)s to %(tier)s.") % {"missing": missing, "tier": progress.next_tier.name})
    if progress.tier and progress.kept_until:
        last_day = date_format(local_date(progress.kept_until - INSTANT, program.tzinfo))
        words = {"day": last_day, "tier": progress.tier.name}
        if progress.by_hand:
            found.append(_("Set by hand until %(day)s.") % words)
        elif progress.stay and progress.stay.missing:
            words["missing"] = _measured(progress, program, progress.stay.missing)
            found.append(_("%(missing)s more by %(day)s to keep %(tier)s.") % words)
        else:
            found.append(_("Enough to keep %(tier)s after %(day)s.") % words)
    return found


def _measured(progress: "Progress", program: Program, measure: int) -> str:
    return measure_text(measure, progress.definition.row.metric, program.money_currency)


def kind_text(kind: str) -> str:
    """The name of a kind of activity; one that the program invented is its own name."""
    return str(dict(Kind.choices).get(kind, kind))


def gifts(outcome: Mapping[str, Any]) -> list[str]:
    """What became of the rewards."""
    return [
        str(text)
        for what, text in (
            ("given", _("The reward was given.")),
            ("forgone", _("The reward had been used before and is not given again.")),
            ("out_of_stock", _("The reward was out of stock.")),
            ("withdrawn", _("The unused reward is withdrawn.")),
            ("kept", _("The reward had been used and stays.")),
        )
        if outcome.get(what)
    ]


def _name(tier: Mapping[str, str] | None) -> str:
    if not tier:
        return str(_("no tier"))
    return tier["fr" if (get_language() or "").startswith("fr") else "en"]
