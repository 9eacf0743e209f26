"""What the night does: periods that ended, tiers set by hand that ended, rises after a change of the thresholds.

Set-based: the measure of all members whose periods end with one day is one statement, whatever their number. As of day
D, at 00:00, only what happened before counts.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from loyalty.ledger.operations import Batch
from loyalty.programs.models import Program
from loyalty.tiers.careers import Career, Stretch, Tally, looked_at
from loyalty.tiers.models import TierMembership, TierProgram
from loyalty.tiers.reading import Definition, careers_of, counted, definition_of, stretch_of
from loyalty.tiers.rules import Reason, earned, ended_before, look_at, passed, period, rank, window_start
from rewards.operations import issue_entitlements

from .settling import settle


class Reviewed(NamedTuple):
    """How many members kept their tier for another period, came down, rose, or saw a tier set by hand end."""

    renewed: int = 0
    dropped: int = 0
    raised: int = 0
    hand_ended: int = 0


@transaction.atomic
def review_tiers(*, program: Program, at: datetime, first_member: int, last_member: int) -> Reviewed:
    """Look at every tier that is due by `at`, of the members in the range, ends included. Twice changes nothing."""
    definition = definition_of(program)
    if definition is None:
        return Reviewed()
    mine = TierMembership.objects.filter(
        program=program, ends_at=None, member_id__gte=first_member, member_id__lte=last_member
    )
    hand_ended = _end_hands(definition, program, mine, at)
    renewed = dropped = 0
    for stretch in _look(definition, program, mine, at):
        renewed += stretch.reason == Reason.RENEWED
        dropped += stretch.reason == Reason.DROPPED
    raised = 0
    if definition.row.changed_at and definition.row.changed_at <= at:
        raised = _raise(definition, program, mine, at, first_member, last_member)
    if renewed and any(tier.recurs for tier in definition.tiers.values()):
        # The night's own issue came before: what a tier that is kept promises for this day is given now.
        issue_entitlements(program=program, at=at, first_member=first_member, last_member=last_member)
    return Reviewed(renewed, dropped, raised, hand_ended)


def due(mine: QuerySet[TierMembership], definition: Definition, at: datetime) -> QuerySet[TierMembership]:
    """The open stretches among them whose end has come."""
    by_hand = Q(reason=Reason.BY_HAND, period_ends_at__lte=at)
    others = ~Q(reason=Reason.BY_HAND) & Q(period_ends_at__lte=ended_before(definition.terms, at))
    return mine.filter(by_hand | others)


@transaction.atomic
def end_raising(*, program: Program, changed_at: datetime) -> None:
    """Everybody was looked at since the thresholds changed then; a change that came later waits for the next night."""
    TierProgram.objects.filter(program=program, changed_at=changed_at).update(changed_at=None)


def _end_hands(definition: Definition, program: Program, mine: QuerySet[TierMembership], at: datetime) -> int:
    members = list(due(mine, definition, at).filter(reason=Reason.BY_HAND).values_list("member_id", flat=True))
    if not members:
        return 0
    Batch(program=program, member_ids=members)  # holds their accounts
    ends = due(mine, definition, at).filter(reason=Reason.BY_HAND).aggregate(first=Min("period_ends_at"))["first"]
    careers = careers_of(definition, program, members, [ends or at])
    for career in careers.values():
        career.look(at)
    settle(definition, program, careers, at=at)
    return len(members)


def _look(definition: Definition, program: Program, mine: QuerySet[TierMembership], at: datetime) -> Iterable[Stretch]:
    """Period after period, the earliest end first: after missed nights there may be several."""
    levels = {level.id: level for level in definition.terms.levels}
    while ended_at := due(mine, definition, at).aggregate(first=Min("period_ends_at"))["first"]:
        ending = due(mine, definition, at).filter(period_ends_at=ended_at)
        members = list(ending.values_list("member_id", flat=True))
        Batch(program=program, member_ids=members)  # holds their accounts
        end = look_at(definition.terms, ended_at)
        careers = {}
        for row in ending.annotate(total=_measure(definition, program, end)):
            career = Career(definition.terms, [stretch_of(row, levels)], Tally())
            career.turn(looked_at(definition.terms, career.stretches[0], row.total))
            careers[row.member_id] = career
        settle(definition, program, careers, at=at)
        for career in careers.values():
            yield from career.fresh


def _measure(definition: Definition, program: Program, end: datetime) -> Coalesce:
    """What counted in the period of the stretch that is asked about, up to `end`."""
    counting = counted(definition, program).filter(
        member_id=OuterRef("member_id"), occurred_at__gte=OuterRef("measured_from"), occurred_at__lt=end
    )
    total = counting.order_by().values("member_id").annotate(total=definition.total()).values("total")
    return Coalesce(Subquery(total), Value(0))


def _raise(
    definition: Definition,
    program: Program,
    mine: QuerySet[TierMembership],
    at: datetime,
    first_member: int,
    last_member: int,
) -> int:
    """Members whose measure reaches more under the thresholds of today than they have rise; nobody falls."""
    terms = definition.terms
    lowest = min((level.threshold for level in terms.levels if level.is_active), default=None)
    if lowest is None:
        return 0
    counting = counted(definition, program).filter(
        member_id__gte=first_member, member_id__lte=last_member, occurred_at__lt=at
    )
    if start := window_start(terms, at):
        counting = counting.filter(occurred_at__gte=start)
    totals = counting.values("member_id").annotate(total=definition.total()).filter(total__gte=lowest)
    measures = dict(totals.values_list("member_id", "total"))
    Batch(program=program, member_ids=measures)  # holds their accounts
    levels = {level.id: level for level in terms.levels}
    open_ = {row.member_id: stretch_of(row, levels) for row in mine.filter(member_id__in=measures)}
    careers = {}
    for member_id, measure in measures.items():
        current = open_.get(member_id)
        level = earned(terms, measure)
        if level is None or (current and (current.by_hand or rank(current.level) >= rank(level))):
            continue
        career = Career(terms, [current] if current else [], Tally())
        rise = Stretch(level, at, Reason.THRESHOLD, period(terms, at), measure)
        rise.rewarded = passed(terms, career.level, level)
        career.turn(rise)
        careers[member_id] = career
    settle(definition, program, careers, at=at)
    return len(careers)
