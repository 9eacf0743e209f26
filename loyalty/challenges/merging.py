"""The progress of two members who are one person: their steps are added up, and what either has won stays won.

No win comes of the merge itself. The next activity brings what both together have reached.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Max, Q

from loyalty.challenges import rules
from loyalty.challenges.models import ChallengeCompletion, ChallengeProgress, ChallengeStep
from loyalty.challenges.operations.winning import sums_by_day
from loyalty.challenges.terms import terms_of
from members.models import Member

Moved = list[dict[str, Any]]


def merge_progress(keep: Member, absorb: Member, at: datetime) -> Moved:
    moved = []
    for theirs in ChallengeProgress.objects.filter(member=absorb).order_by("pk"):
        mine, _is_new = ChallengeProgress.objects.get_or_create(
            challenge_id=theirs.challenge_id, member=keep, period=theirs.period, defaults={"updated_at": at}
        )
        steps, wins = ChallengeStep.objects.filter(progress=theirs), ChallengeCompletion.objects.filter(progress=theirs)
        each = {"from": theirs.pk, "to": mine.pk, "steps": _ids(steps), "wins": _ids(wins)}
        _move(each["steps"], each["wins"], mine)
        _recount([mine, theirs], at)
        moved.append(each)
    return moved


def part_progress(moved: Moved, at: datetime) -> None:
    """Each has the own steps again, with what refunds took of them meanwhile, and the own wins as they are by now."""
    rows = ChallengeProgress.objects.in_bulk([each[end] for each in moved for end in ("from", "to")])
    for each in moved:
        theirs, mine = rows[each["from"]], rows[each["to"]]
        steps = ChallengeStep.objects.filter(progress=mine)
        activities = steps.filter(pk__in=each["steps"]).values_list("activity_id", flat=True)
        back = steps.filter(Q(pk__in=each["steps"]) | Q(undoes__in=list(activities)))
        wins = ChallengeCompletion.objects.filter(progress=mine, pk__in=each["wins"])
        _move(_ids(back), _ids(wins), theirs)
        _recount([mine, theirs], at)


def _ids(rows) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _move(steps: list[int], wins: list[int], progress: ChallengeProgress) -> None:
    """The wins come behind those that are there, whose numbers nobody else may have meanwhile."""
    ChallengeStep.objects.filter(pk__in=steps).update(progress=progress, member=progress.member_id)
    last = ChallengeCompletion.objects.filter(progress=progress).aggregate(last=Max("ordinal"))["last"] or 0
    moving = ChallengeCompletion.objects.filter(pk__in=wins)
    moving.update(progress=progress, member=progress.member_id, ordinal=F("ordinal") + last)


def _recount(progresses: Iterable[ChallengeProgress], at: datetime) -> None:
    for progress in progresses:
        _number(progress)
        days = sums_by_day([progress.pk])
        progress.count = rules.counted(terms_of(progress.challenge), days.get(progress.pk, {}))
        progress.completions = progress.wins.filter(undone_at__isnull=True).count()
        progress.updated_at = at
        progress.save(update_fields=["count", "completions", "updated_at"])


def _number(progress: ChallengeProgress) -> None:
    """Number the wins without a gap, those that stand first: whoever is next wins the one after."""
    wins = list(progress.wins.order_by("ordinal", "attempt"))
    standing = {win.ordinal for win in wins if win.undone_at is None}
    order = sorted({win.ordinal for win in wins}, key=lambda ordinal: (ordinal not in standing, ordinal))
    numbers = {old: new for new, old in enumerate(order, start=1)}
    if all(old == new for old, new in numbers.items()):
        return
    beyond = max(order)
    progress.wins.update(ordinal=F("ordinal") + beyond)  # out of the way, so that no two meet
    for win in wins:
        win.ordinal = numbers[win.ordinal]
    ChallengeCompletion.objects.bulk_update(wins, ["ordinal"])
