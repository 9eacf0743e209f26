"""Whom the activities of a batch are about, and the enrolment of those whom nobody knows yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from loyalty.earning.inputs import ActivityInput, Refused
from loyalty.earning.models import Activity, Kind
from loyalty.programs.models import Store
from members.models import Member
from members.operations import create_many, enrol
from members.queries import not_enrolled, resolve_many
from members.references import Ambiguous, MemberRef
from members.suppression import Address, suppressed


@dataclass(slots=True)
class Resolved:
    """`found` is each activity's member, or its refusal; `sign_ups` are to be recorded before, for `newcomers`."""

    found: list[int | Refused]
    sign_ups: list[ActivityInput] = field(default_factory=list)
    newcomers: list[int] = field(default_factory=list)


def resolve(
    *,
    program,
    source: str,
    activities: Sequence[ActivityInput],
    faults: Sequence[Refused | None],
    at: datetime,
    by,
    enrol: bool = False,
    history: bool = False,
) -> Resolved:
    """An activity that is wrong by itself is refused whoever it is about, and enrols nobody."""
    sound = [activity for activity, fault in zip(activities, faults, strict=True) if fault is None]
    found = resolve_many(source, {activity.member for activity in sound}, program.phone_region)
    resolved = Resolved([])
    if enrol:
        _enrol_newcomers(program, source, sound, found, resolved, at, history)
        _enrol_known(program, sound, found, resolved, at, by)
    resolved.found = [
        fault or _member(activity.member, found[activity.member])
        for activity, fault in zip(activities, faults, strict=True)
    ]
    return resolved


def _member(reference: MemberRef, found) -> int | Refused:
    if found is None:
        return Refused("member_unknown", "member", _("No member is known as “%(value)s”.") % {"value": reference.value})
    if isinstance(found, Ambiguous):
        return Refused(
            "member_ambiguous", "member", _("“%(value)s” fits more than one member.") % {"value": reference.value}
        )
    return found


def _enrol_newcomers(program, source, activities, found, resolved: Resolved, at: datetime, history) -> None:
    """Whoever can only be an identifier of the source's own. A refund is no first activity."""
    strangers = [
        activity
        for activity in activities
        if found[activity.member] is None
        and activity.member.kind in ("any", "external_id")
        and activity.kind != Kind.REFUND
        and 0 < len(activity.member.value.strip()) <= 120
        and activity.member.value.isprintable()
    ]
    strangers = _not_forgotten(source, _recordable(program, source, strangers, history))
    if not strangers:
        return
    first: dict[str, datetime] = {}
    for activity in strangers:
        name = activity.member.value.strip()
        first[name] = min(first.get(name, activity.occurred_at), activity.occurred_at)
    ids = create_many(program=program, source=source, newcomers=first, at=at)
    for activity in activities:
        if found[activity.member] is None:
            found[activity.member] = ids.get(activity.member.value.strip())
    _sign_up({ids[name]: moment for name, moment in first.items()}, resolved)


def _not_forgotten(source: str, activities: list[ActivityInput]) -> list[ActivityInput]:
    """Without those of members who asked to be forgotten: they stay unknown."""
    names = [Address("external_id", f"{source}:{activity.member.value.strip()}") for activity in activities]
    forgotten = suppressed(names)
    return [activity for activity, name in zip(activities, names, strict=True) if name not in forgotten]


def _recordable(program, source, activities: list[ActivityInput], history: bool) -> list[ActivityInput]:
    """Without those that will be refused all the same: nobody is enrolled for a row that does not go in."""
    if not activities:
        return []
    names = {activity.store for activity in activities if activity.store}
    stores = Store.objects.filter(program=program, code__in=names)
    open_stores = set((stores if history else stores.filter(is_active=True)).values_list("code", flat=True))
    taken = set(
        Activity.objects.filter(
            program=program, source=source, external_id__in=[activity.external_id for activity in activities]
        ).values_list("external_id", flat=True)
    )
    return [
        activity
        for activity in activities
        if activity.external_id not in taken and (not activity.store or activity.store in open_stores)
    ]


def _enrol_known(program, activities, found, resolved: Resolved, at: datetime, by) -> None:
    """A member of another program, met here for the first time."""
    first: dict[int, datetime] = {}
    for activity in activities:
        if isinstance(member_id := found[activity.member], int):
            first[member_id] = min(first.get(member_id, activity.occurred_at), activity.occurred_at)
    outside = not_enrolled(program, first)
    for member in Member.objects.active().filter(pk__in=outside):
        enrol(program=program, member=member, at=first[member.pk], by=by, channel="import", terms_accepted=False)
    _sign_up({member_id: first[member_id] for member_id in outside}, resolved)


def _sign_up(moments: dict[int, datetime], resolved: Resolved) -> None:
    for member_id, moment in moments.items():
        resolved.newcomers.append(member_id)
        resolved.sign_ups.append(
            ActivityInput(
                external_id=f"sign-up:{member_id}",
                member=MemberRef("id", str(member_id)),
                kind=Kind.SIGN_UP.value,
                occurred_at=moment,
                channel="import",
            )
        )
