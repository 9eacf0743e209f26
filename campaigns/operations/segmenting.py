"""Segments: defined by staff, worked out by a job, pushed down to the enrolments."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns import conditions
from campaigns.models import Segment
from loyalty.jobs import operations as jobs
from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program
from members.models import Enrolment

JOB = "segments_anew"


@transaction.atomic
def set_segment(*, program: Program, code: str, at: datetime, by=None, **terms: Any) -> Segment:
    """The segment of that code as it is from now on; a job then works out anew who belongs, where there is anybody.

    `terms` are fields of `Segment`, others go back to their defaults. Raises Django's `ValidationError` with a message
    at each field that makes no sense.
    """
    known = Segment.objects.filter(program=program, code=code).first()
    segment = Segment(pk=known.pk if known else None, program=program, code=code, **terms)
    if known:
        segment.members, segment.placed_at = known.members, known.placed_at
    segment._state.adding = known is None
    save_checked(segment, by=by, at=at)
    if Enrolment.objects.filter(program=program).exists():
        jobs.start(name=JOB, scope=program.code, period=at.isoformat(), by=by, at=at)
    else:
        note_placed(program=program, at=at)
    return segment


@transaction.atomic
def place_members(*, program: Program, at: datetime, first_member: int, last_member: int) -> int:
    """Write the segments of a range of members, both ends included, to their enrolments. Returns how many changed.

    A member has them by code, in their order. Whoever belongs already is not written again.
    """
    belongs: dict[int, list[str]] = defaultdict(list)
    for segment in Segment.objects.filter(program=program, is_active=True).order_by("code"):
        members = conditions.matching(segment.conditions, program=program, at=at)
        for member_id in members.filter(pk__range=(first_member, last_member)).values_list("pk", flat=True):
            belongs[member_id].append(segment.code)
    enrolments = Enrolment.objects.filter(program=program, member__gte=first_member, member__lte=last_member)
    changed: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for key, member_id, codes in enrolments.values_list("pk", "member_id", "segments"):
        if codes != belongs[member_id]:
            changed[tuple(belongs[member_id])].append(key)
    for codes, keys in changed.items():
        Enrolment.objects.filter(pk__in=keys).update(segments=list(codes))
    return sum(map(len, changed.values()))


@transaction.atomic
def note_placed(*, program: Program, at: datetime) -> None:
    """All members of the program have been placed as of that moment: count them."""
    for segment in Segment.objects.filter(program=program):
        members = Enrolment.objects.filter(program=program, segments__has_item=segment.code).count()
        Segment.objects.filter(pk=segment.pk).update(members=members, placed_at=at)
