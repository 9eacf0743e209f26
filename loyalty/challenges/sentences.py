"""Challenges and what came of an activity in plain words, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.text import get_text_list
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from loyalty.challenges.models import Challenge
from loyalty.lib.money import money_text
from loyalty.programs.kinds import Kind

DRAW, INSTANT_WIN = gettext_lazy("Prize draw"), gettext_lazy("Instant win")


def explain(outcome: Mapping[str, Any], *, currency: str) -> str:
    """What an activity did to a challenge, as one sentence."""
    words = {
        "challenge": _named(outcome, "name"),
        "reached": _reached(outcome, currency),
        "gains": get_text_list(_gains(outcome), _("and")),
        "points": points(-outcome.get("granted", 0)),
    }
    templates = {
        "counted": _("Counts for “%(challenge)s”."),
        "progress": _("Counts for “%(challenge)s”: %(reached)s."),
        "completed": _("“%(challenge)s” is won: %(gains)s."),
        "no_wins_left": _("“%(challenge)s” is reached, but all its wins have gone to others."),
        "taken_back": _("No longer counts for “%(challenge)s”: %(reached)s."),
        "undone": _("“%(challenge)s” is no longer won: %(points)s taken back."),
    }
    template = templates.get(outcome["reason"])
    if template is None:
        return str(outcome["reason"])
    return " ".join([template % words, *_notes(outcome)])


def explain_code(outcome: Mapping[str, Any], *, currency: str) -> str:
    """What entering a code gave, as one sentence."""
    words = {
        "ending": outcome.get("ending", ""),
        "gains": get_text_list(_gains(outcome), _("and")),
        "points": points(-outcome.get("granted", 0)),
    }
    if outcome["reason"] == "entered":
        return _("The code ending in %(ending)s gave %(gains)s.") % words
    if outcome["reason"] == "undone":
        sentence = _("The code ending in %(ending)s was taken back: %(points)s taken back.") % words
        return " ".join([sentence, *_notes(outcome)])
    return str(outcome["reason"])


def explain_draw(outcome: Mapping[str, Any], *, currency: str) -> str:
    """What an activity did to a prize draw, as one sentence."""
    tickets = outcome.get("tickets", 0)
    words = {"draw": _named(outcome, "name"), "tickets": _tickets(tickets)}
    if outcome["reason"] == "entered":
        return _("%(tickets)s for the draw “%(draw)s”.") % words
    if outcome["reason"] == "taken_back":
        return _("%(tickets)s for the draw “%(draw)s” taken back.") % words
    return str(outcome["reason"])


def _tickets(number: int) -> str:
    return ngettext("%(count)s ticket", "%(count)s tickets", number) % {"count": _number(number)}


def explain_instant_win(outcome: Mapping[str, Any], *, currency: str) -> str:
    """What was played and what came of it, as one sentence."""
    words = {
        "game": _named(outcome, "name"),
        "wins": _number(outcome.get("wins", 0)),
        "of": _number(outcome.get("of", 0)),
        "gains": get_text_list(_gains(outcome), _("and")),
        "points": points(-outcome.get("granted", 0)),
    }
    templates = {
        "won": _("“%(game)s” was played and won, at %(wins)s in %(of)s: %(gains)s."),
        "lost": _("“%(game)s” was played and not won, at %(wins)s in %(of)s."),
        "may_win": _("It will be a play of “%(game)s”, which may be won: %(wins)s in %(of)s."),
        "no_prize_left": _("“%(game)s” was played and hit, but no prize was left."),
        "undone": _("What “%(game)s” gave was taken back: %(points)s."),
    }
    template = templates.get(outcome["reason"])
    return " ".join([template % words, *_notes(outcome)]) if template else str(outcome["reason"])


def chance_text(game) -> str:
    return _("%(wins)s in %(of)s") % {"wins": _number(game.chance_wins), "of": _number(game.chance_of)}


def _gains(outcome: Mapping[str, Any]) -> list[str]:
    texts = [points(outcome["granted"])] if outcome.get("granted") else []
    if "reward_en" in outcome:
        reward = _named(outcome, "reward")
        texts.append(
            _("“%(reward)s”, of which none was left") % {"reward": reward} if outcome.get("out_of_stock") else reward
        )
    if "prize_en" in outcome:
        texts.append(_named(outcome, "prize"))
    if "badge_en" in outcome:
        texts.append(_("the badge “%(badge)s”") % {"badge": _named(outcome, "badge")})
    return texts or [_("nothing")]


def _notes(outcome: Mapping[str, Any]) -> list[str]:
    notes = []
    if outcome.get("shortfall"):
        notes.append(_("%(points)s more had been spent.") % {"points": points(outcome["shortfall"])})
    if outcome.get("kept"):
        notes.append(_("The reward had been used and stays."))
    return notes


def _named(outcome: Mapping[str, Any], what: str) -> str:
    french = (get_language() or "").startswith("fr")
    return outcome.get(f"{what}_fr" if french else f"{what}_en", "")


def _reached(outcome: Mapping[str, Any], currency: str) -> str:
    count, needed = outcome.get("count", 0), outcome.get("needed", 0)
    return reached(outcome.get("goal", ""), count, needed, currency)


def reached(goal: str, count: int, needed: int, currency: str) -> str:
    """“2 of 3”, or amounts where the goal is an amount."""
    money = goal == Challenge.Goal.AMOUNT
    show = (lambda value: money_text(value, currency)) if money else _number
    return _("%(count)s of %(goal)s") % {"count": show(count), "goal": show(needed)}


def points(number: int) -> str:
    return ngettext("%(count)s point", "%(count)s points", number) % {"count": _number(number)}


def _number(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


def goal_text(challenge: Challenge) -> str:
    """What has to be reached: “3 activities each month”, “7 days in a row”."""
    needed = challenge.needed
    count = _number(needed)
    goal = Challenge.Goal(challenge.goal)
    if goal == Challenge.Goal.AMOUNT:
        text = _("spend %(amount)s") % {"amount": money_text(needed, challenge.program.money_currency)}
    elif goal == Challenge.Goal.ITEMS:
        text = ngettext("%(count)s article", "%(count)s articles", needed) % {"count": count}
    elif goal == Challenge.Goal.NEW_CATEGORY:
        text = ngettext("%(count)s new category", "%(count)s new categories", needed) % {"count": count}
    elif goal == Challenge.Goal.STREAK:
        text = _in_a_row(challenge.every, needed) % {"count": count}
    else:
        text = ngettext("%(count)s activity", "%(count)s activities", needed) % {"count": count}
    return f"{text}, {challenge.get_period_display()}" if challenge.period else text


def _in_a_row(every: str, needed: int) -> str:
    if every == Challenge.Every.MONTH:
        return ngettext("%(count)s month in a row", "%(count)s months in a row", needed)
    if every == Challenge.Every.WEEK:
        return ngettext("%(count)s week in a row", "%(count)s weeks in a row", needed)
    return ngettext("%(count)s day in a row", "%(count)s days in a row", needed)


def gift_text(row) -> str:
    """What is to be gained, of a challenge, a batch of codes, a draw or an instant win."""
    texts = [points(row.points)] if row.points else []
    texts += [str(row.reward)] if row.reward else []
    texts += [row.prize] if getattr(row, "prize_fr", "") else []
    badge = getattr(row, "badge", None)
    return get_text_list([*texts, *([str(badge)] if badge else [])], _("and"))


def kinds_text(kinds) -> str:
    """The names of kinds of activity; one that the program invented is its own name."""
    return ", ".join(str(dict(Kind.choices).get(kind, kind)) for kind in kinds)


def money(minor: int | None, row) -> str:
    return money_text(minor, row.program.money_currency)
