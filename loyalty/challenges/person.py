"""What challenges do when two members become one, when one is forgotten, and when one asks for everything.

Progress, badges, codes entered, plays, invitations and the tickets of draws to come follow the person. A draw that was
held keeps its tickets as they were in the drum, so that anybody can draw it again. Where the kept member has the same
badge, or was drawn too, the absorbed member's stays where it is: nobody has a thing twice.
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet

from loyalty.challenges.merging import merge_progress, part_progress
from loyalty.challenges.merging_invitations import merge_invitations, part_invitations
from loyalty.challenges.models import (
    BadgeAward,
    ChallengeCompletion,
    ChallengeProgress,
    CodeAttempts,
    CodeUse,
    DrawEntry,
    DrawWin,
    EntryCode,
    InstantPlay,
    Invitation,
    Participation,
)
from loyalty.ledger.operations import Batch
from loyalty.programs.models import Program
from members import registry
from members.models import Member

NAME = "challenges"
ERASED = "–"
FOLLOWING: dict[str, type[Model]] = {
    "participations": Participation,
    "badges": BadgeAward,
    "code_uses": CodeUse,
    "codes": EntryCode,
    "plays": InstantPlay,
    "tickets": DrawEntry,
    "draws_won": DrawWin,
}
# What the database lets one member have once: who has it already does not get it again.
ONCE = {"participations": "challenge", "badges": "badge", "draws_won": "draw"}


def merge(*, keep: Member, absorb: Member, merge_id: int, at: datetime, by) -> dict[str, Any]:
    _hold(keep, absorb)
    moved: dict[str, Any] = {"progress": merge_progress(keep, absorb, at)}
    for name, model in FOLLOWING.items():
        rows = _open(name, model._default_manager.filter(member=absorb))
        if once := ONCE.get(name):
            rows = rows.exclude(
                Exists(_open(name, model._default_manager.filter(member=keep, **{once: OuterRef(once)})))
            )
        moved[name] = list(rows.order_by("pk").values_list("pk", flat=True))
        model._default_manager.filter(pk__in=moved[name]).update(member=keep)
    return moved | {"invitations": merge_invitations(keep, absorb, at)}


def unmerge(*, keep: Member, absorb: Member, moved: dict[str, Any], merge_id: int, at: datetime, by) -> None:
    """Each goes back in the state that it has by now: a badge that a refund has taken meanwhile is gone."""
    _hold(keep, absorb)
    part_invitations(keep, absorb, moved["invitations"], at)
    for name, model in FOLLOWING.items():
        rows = _open(name, model._default_manager.filter(member=keep, pk__in=moved[name]))
        rows.update(member=absorb)
    part_progress(moved["progress"], at)


def _open(name: str, rows: QuerySet) -> QuerySet:
    """Without the tickets of a draw that was held, and without the badges that were taken back."""
    if name == "tickets":
        return rows.filter(draw__drawn_at__isnull=True)
    return rows.filter(revoked_at__isnull=True) if name == "badges" else rows


def _hold(keep: Member, absorb: Member) -> None:
    """The accounts of both in every program that both are in, in one order: nobody waits in a ring."""
    for program in Program.objects.filter(enrolments__member=absorb).order_by("pk"):
        Batch(program=program, member_ids=[keep.pk, absorb.pk])


def erase(*, member_ids: list[int], at: datetime, by) -> None:
    """What staff wrote about the person goes, with the wrong codes; who was drawn is told by the rows of the draw."""
    DrawWin.objects.filter(member__in=member_ids).exclude(reason="").update(reason=ERASED)
    CodeAttempts.objects.filter(member__in=member_ids).delete()


def export(*, member_ids: list[int]) -> dict[str, Any]:
    """All that the person took part in, and what came of it."""
    return {
        "challenges": [
            {"challenge": _of(row.challenge), "period": row.period, "count": row.count, "won": row.completions}
            for row in _rows(ChallengeProgress, member_ids, "challenge")
        ],
        "joined": [
            {"challenge": _of(row.challenge), "at": row.joined_at.isoformat()}
            for row in _rows(Participation, member_ids, "challenge")
        ],
        "wins": [
            {"challenge": _of(row.progress.challenge), "points": row.points}
            | _moments(row, won_at="completed_at", undone_at="undone_at")
            for row in _rows(ChallengeCompletion, member_ids, "progress__challenge")
        ],
        "badges": [
            {"badge": _of(row.badge)} | _moments(row, awarded_at="awarded_at", revoked_at="revoked_at")
            for row in _rows(BadgeAward, member_ids, "badge")
        ],
        "codes_entered": [
            {"batch": _of(row.batch), "points": row.points} | _moments(row, entered_at="used_at", undone_at="undone_at")
            for row in _rows(CodeUse, member_ids, "batch")
        ],
        "tickets": [
            {"draw": _of(row.draw), "tickets": row.tickets - row.taken} | _moments(row, entered_at="entered_at")
            for row in _rows(DrawEntry, member_ids, "draw")
        ],
        "draws": [
            {"draw": _of(row.draw), "rank": row.rank, "state": row.state, "points": row.points, "reason": row.reason}
            for row in _rows(DrawWin, member_ids, "draw")
        ],
        "instant_wins": [
            {"game": _of(row.game), "drawn": row.drawn, "won": row.is_won, "points": row.points}
            | _moments(row, played_at="played_at", undone_at="undone_at")
            for row in _rows(InstantPlay, member_ids, "game")
        ],
        "invitations": [
            {"occasion": _of(row.occasion), "state": row.state}
            | _moments(row, invited_at="invited_at", answered_at="answered_at", attended_at="attended_at")
            for row in _rows(Invitation, member_ids, "occasion")
        ],
    }


def _rows(model: type[Model], member_ids: list[int], of: str) -> QuerySet:
    return model._default_manager.filter(member__in=member_ids).select_related(f"{of}__program").order_by("pk")


def _of(definition) -> dict[str, str]:
    return {"program": definition.program.code, "code": definition.code}


def _moments(row: Model, **names: str) -> dict[str, str | None]:
    found = {name: getattr(row, field) for name, field in names.items()}
    return {name: moment.isoformat() if moment else None for name, moment in found.items()}


def register() -> None:
    registry.register(NAME, merge=merge, unmerge=unmerge, erase=erase, export=export)
