"""What tiers do when two members become one, when one is forgotten, and when one asks for everything.

What counted for the one counts for the person: the qualifications follow, and the person has the higher of the two
tiers, or a still higher one where both together reach it. No reward comes of it.
"""

from datetime import datetime
from typing import Any

from loyalty.ledger.operations import Batch
from loyalty.programs.models import Program
from loyalty.tiers.careers import Career, Stretch
from loyalty.tiers.models import Qualification, TierMembership, TierProgram
from loyalty.tiers.operations.settling import settle
from loyalty.tiers.reading import careers_of, definition_of
from loyalty.tiers.rules import FOR_EVER, Period, Reason, period, rank
from members import registry
from members.models import Enrolment, Member

NAME = "tiers"
ERASED = "–"


def merge(*, keep: Member, absorb: Member, merge_id: int, at: datetime, by) -> list[dict[str, Any]]:
    return [_merge(program, keep, absorb, at, by) for program in _programs(absorb)]


def unmerge(*, keep: Member, absorb: Member, moved: list[dict[str, Any]], merge_id: int, at: datetime, by) -> None:
    for each in moved:
        _unmerge(Program.objects.get(pk=each["program"]), keep, absorb, each, at, by)


def erase(*, member_ids: list[int], at: datetime, by) -> None:
    """What staff wrote about the person goes; the history of the tiers stays."""
    TierMembership.objects.filter(member__in=member_ids).exclude(note="").update(note=ERASED)


def export(*, member_ids: list[int]) -> list[dict[str, Any]]:
    """Every time in a tier, and why."""
    rows = TierMembership.objects.filter(member__in=member_ids).select_related("program", "tier")
    return [
        {
            "program": row.program.code,
            "tier": row.tier.code if row.tier else None,
            "from": row.starts_at.isoformat(),
            "until": row.ends_at.isoformat() if row.ends_at else None,
            "reason": row.reason,
            "measure": row.measure,
            "note": row.note,
        }
        for row in rows.order_by("starts_at", "pk")
    ]


def _programs(member: Member) -> list[Program]:
    """Those with tiers that the member is in, in one order: nobody waits in a ring."""
    rows = TierProgram.objects.filter(program__enrolments__member=member).select_related("program")
    return [row.program for row in rows.order_by("program")]


def _merge(program: Program, keep: Member, absorb: Member, at: datetime, by) -> dict[str, Any]:
    Batch(program=program, member_ids=[keep.pk, absorb.pk])  # holds their accounts
    theirs = Qualification.objects.filter(program=program, member=absorb)
    moved = list(theirs.order_by("pk").values_list("pk", flat=True))
    before = _careers(program, keep, absorb, at)
    theirs.update(member=keep)
    after = _careers(program, keep, absorb, at)
    mine, other = after[keep.pk], before[absorb.pk]
    had = {"keep": mine.current, "absorb": other.current}
    _take_over(mine, other, at)
    if other.level:
        after[absorb.pk].turn(Stretch(None, at, Reason.MERGED))
    definition = definition_of(program)
    if definition:
        settle(definition, program, after, at=at, by=by)
    return {
        "program": program.pk,
        "qualifications": moved,
        "had": {who: stretch.id if stretch else None for who, stretch in had.items()},
        "got": mine.current.id if mine.current else None,
    }


def _take_over(mine: Career, other: Career, at: datetime) -> None:
    """The higher tier, with its own period; what somebody set by hand for the kept member is left alone."""
    current, theirs = mine.current, other.current
    if current and current.by_hand:
        return
    supported = mine.supported(at)
    if theirs and theirs.level and rank(theirs.level) > max(rank(mine.level), rank(supported) - 1):
        hand = theirs.by_hand
        taken = Stretch(theirs.level, at, Reason.BY_HAND if hand else Reason.MERGED, theirs.period, note=theirs.note)
        taken.instead_of = current if hand else None
        mine.turn(taken)
    elif supported and rank(supported) > rank(mine.level):
        mine.turn(Stretch(supported, at, Reason.MERGED, period(mine.terms, at)))


def _unmerge(program: Program, keep: Member, absorb: Member, moved: dict[str, Any], at: datetime, by) -> None:
    """Each gets back the tier of before, while it lasts, unless the person has reached another one since."""
    Batch(program=program, member_ids=[keep.pk, absorb.pk])  # holds their accounts
    theirs = Qualification.objects.filter(program=program, member=keep, pk__in=moved["qualifications"])
    activities = list(theirs.values_list("activity_id", flat=True))
    Qualification.objects.filter(program=program, member=keep, refund_of__in=activities).update(member=absorb)
    theirs.update(member=absorb)
    definition = definition_of(program)
    if definition is None:
        return
    careers = _careers(program, keep, absorb, at)
    mine, other = careers[keep.pk], careers[absorb.pk]
    if mine.current and mine.current.id == moved["got"] != moved["had"]["keep"]:
        _give_back(mine, moved["had"]["keep"], at)
    if other.current and other.current.reason == Reason.MERGED:
        _give_back(other, moved["had"]["absorb"], at)
    settle(definition, program, careers, at=at, by=by)


def _give_back(career: Career, stretch_id: int | None, at: datetime) -> None:
    old = next((each for each in career.stretches if each.id == stretch_id), None)
    if old and old.level and old.lasts(career.terms, at):
        back = Stretch(old.level, at, Reason.BY_HAND if old.by_hand else Reason.MERGED, old.period, note=old.note)
        back.instead_of = old.instead_of
    else:
        supported = career.supported(at)
        of: Period = period(career.terms, at) if supported else FOR_EVER
        back = Stretch(supported, at, Reason.MERGED, of)
    career.turn(back)


def _careers(program: Program, keep: Member, absorb: Member, at: datetime) -> dict[int, Career]:
    definition = definition_of(program)
    if definition is None:
        return {}
    enrolled = Enrolment.objects.filter(program=program, member__in=[keep, absorb])
    careers = careers_of(definition, program, list(enrolled.values_list("member_id", flat=True)), [at])
    for career in careers.values():
        career.look(at)
    return careers


def register() -> None:
    registry.register(NAME, merge=merge, unmerge=unmerge, erase=erase, export=export)
