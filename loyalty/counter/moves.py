"""Why a balance is what it is: what the member did last with how it was decided, and what else moved points."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from loyalty.challenges.causes import causes_in_words
from loyalty.counter.journey import SOURCE
from loyalty.earning.models import Activity, EarningRule
from loyalty.earning.sentences import explain, kind_text, title
from loyalty.ledger.currencies import POINTS
from loyalty.ledger.models import Entry
from loyalty.ledger.queries import as_it_stands
from loyalty.lib.money import money_text
from loyalty.programs.models import Program
from members.queries import identities
from rewards.models import Redemption

MOST = 12
ACTIVITY = "activity:"


@dataclass(frozen=True, slots=True)
class Move:
    """`given`: what moved the points, sentence by sentence; `refused`: why other rules gave nothing."""

    at: datetime
    what: str
    amount: str = ""
    is_loss: bool = False
    given: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def last_moves(*, program: Program, member_id: int) -> list[Move]:
    """Newest first. A constant number of statements."""
    moves = [*_of_activities(program, member_id), *_of_entries(program, member_id)]
    return sorted(moves, key=lambda move: move.at, reverse=True)[:MOST]


def _of_activities(program: Program, member_id: int) -> list[Move]:
    mine = Activity.objects.filter(program=program, member__in=identities(member_id)).select_related("store", "program")
    rows = list(mine.select_related("decision", "refunds").order_by("-occurred_at", "-pk")[:MOST])
    outcomes = {row.pk: _outcomes(row) for row in rows}
    names = _names(program, [each for told in outcomes.values() for each in told])
    amounts = _amounts(program, member_id, rows)
    return [
        Move(
            row.occurred_at,
            _what(row),
            *amounts.get((ACTIVITY + row.source, row.external_id), ("", False)),
            given=[_sentence(each, names, row.currency) for each in outcomes[row.pk] if _counts(each)],
            refused=[_sentence(each, names, row.currency) for each in outcomes[row.pk] if not _counts(each)],
        )
        for row in rows
    ]


def _outcomes(row: Activity) -> list[dict[str, Any]]:
    """A refund names its purchase by the day: identifiers of tills say nothing to a member."""
    outcomes = row.decision.outcomes if hasattr(row, "decision") else []
    if row.refunds is None:
        return outcomes
    day = date_format(row.refunds.occurred_at.astimezone(row.program.tzinfo), "SHORT_DATE_FORMAT")
    purchase = _("the purchase of %(day)s") % {"day": day}
    return [outcome | {"refunds": purchase} if "refunds" in outcome else outcome for outcome in outcomes]


def _what(row: Activity) -> str:
    parts = [capfirst(kind_text(row.kind))]
    parts += [money_text(row.amount, row.currency)] if row.amount else []
    parts += [row.store.name] if row.store else []
    return " · ".join(parts)


def _counts(outcome: dict[str, Any]) -> bool:
    return bool(outcome.get("effect") or outcome.get("granted"))


def _sentence(outcome: dict[str, Any], names: dict[tuple[str, int], str], currency: str) -> str:
    whose, text = title(outcome, names), explain(outcome, currency=currency)
    return _("%(rule)s: %(text)s") % {"rule": whose, "text": text} if whose else text


def _names(program: Program, outcomes: Iterable[dict[str, Any]]) -> dict[tuple[str, int], str]:
    rules = EarningRule.objects.filter(program=program, code__in={each.get("rule", "") for each in outcomes})
    return {(code, version): name for code, version, name in rules.values_list("code", "version", "name")}


def _amounts(
    program: Program, member_id: int, activities: Sequence[Activity]
) -> dict[tuple[str, str], tuple[str, bool]]:
    """What each activity itself moved in the accounts, by its cause; points before other currencies."""
    mine = Entry.objects.filter(
        account__member=member_id,
        key__program=program,
        key__source__in={ACTIVITY + row.source for row in activities},
        key__external_id__in=[row.external_id for row in activities],
    )
    found: dict[tuple[str, str], tuple[str, bool]] = {}
    rows = as_it_stands(mine).select_related("key", "account__program")
    for entry in sorted(rows, key=lambda each: each.account.currency != POINTS):
        cause = (entry.key.source, entry.key.external_id)
        text, is_loss = found.get(cause, ("", entry.points < 0))
        found[cause] = (" · ".join(filter(None, [text, entry.account.text(entry.points, signed=True)])), is_loss)
    return found


def _of_entries(program: Program, member_id: int) -> list[Move]:
    """What no activity moved: rewards, gestures, expiry, what a challenge gave."""
    mine = Entry.objects.filter(account__program=program, account__member=member_id)
    others = mine.exclude(key__source__startswith=ACTIVITY).select_related("key", "account__program")
    rows = list(as_it_stands(others).order_by("-effective_at", "-pk")[:MOST])
    words = causes_in_words([(row.key.source, row.key.external_id) for row in rows]) | _rewards(program, rows)
    return [
        Move(
            row.effective_at,
            words.get((row.key.source, row.key.external_id)) or capfirst(row.get_kind_display()),
            row.account.text(row.points, signed=True),
            row.points < 0,
            [row.reason] if row.key.source == SOURCE and row.reason else [],
        )
        for row in rows
    ]


def _rewards(program: Program, entries: Iterable[Entry]) -> dict[tuple[str, str], str]:
    causes = {(row.key.source, row.key.external_id) for row in entries if row.key.source.startswith("redemption")}
    numbers = {number for _source, number in causes if number.isdigit()}
    rows = Redemption.objects.filter(program=program, pk__in=numbers).select_related("reward")
    names = {str(row.pk): str(row) for row in rows}
    done, undone = _("Redeemed: %(what)s"), _("Redemption taken back: %(what)s")
    return {
        (source, number): (done if source == "redemption" else undone) % {"what": names[number]}
        for source, number in causes
        if number in names
    }
