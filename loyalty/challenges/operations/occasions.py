"""Occasions: whom to invite, who comes, who waits for a place, who was there.

That a member was there is an activity, which the one verb above records and which may earn; `check_in` is this room's
part of it, called in the same transaction.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from loyalty.challenges.models import Invitation, Occasion
from loyalty.challenges.operations.audience import known_members
from loyalty.challenges.terms import audience_of
from loyalty.events.operations import Happening, emit_many
from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program
from members.models import Enrolment, Member

CHUNK = 5000
EARLY = timedelta(hours=12)  # the doors open before it begins


class InvitationRefused(Exception):
    """The member cannot come, or not any more. `code` is for machines, the text for people."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code


@transaction.atomic
def add_occasion(*, program: Program, code: str, at: datetime, by=None, **terms: Any) -> Occasion:
    """A new occasion; `terms` are fields of `Occasion`. Raises Django's `ValidationError`."""
    return save_checked(Occasion(program=program, code=code, **terms), by=by, at=at)


@transaction.atomic
def change_occasion(*, occasion: Occasion, at: datetime, by=None, **changes: Any) -> Occasion:
    """Change an occasion. With more places the waiting list moves up."""
    held = hold(occasion)
    for name, value in changes.items():
        setattr(held, name, value)
    save_checked(held, by=by, at=at)
    _move_up(held, at)
    held.refresh_from_db()
    return held


@transaction.atomic
def cancel_occasion(*, occasion: Occasion, at: datetime, by=None) -> Occasion:
    """It will not take place. Nobody can accept any more. Twice changes nothing."""
    held = hold(occasion)
    if held.cancelled_at is None:
        held.cancelled_at = at
        save_checked(held, by=by, at=at)
        coming = [Invitation.State.INVITED, Invitation.State.ACCEPTED, Invitation.State.WAITING]
        _announce("occasion.cancelled", held, list(held.invitations.filter(state__in=coming)), at)
    return held


@transaction.atomic
def invite(*, occasion: Occasion, at: datetime, by=None, member_ids: Collection[int] | None = None) -> int:
    """Invite these members, or all whom the occasion is for; who is invited already, or may not come, is passed over.

    Returns how many are invited now.
    """
    _require_open(occasion, at)
    rows = Enrolment.objects.filter(
        program=occasion.program, status=Enrolment.Status.ACTIVE, member__status=Member.Status.ACTIVE
    )
    if member_ids is not None:
        rows = rows.filter(member__in=member_ids)
    invited = occasion.invitations.values("member")
    candidates = list(rows.exclude(member__in=invited).order_by("member_id").values_list("member_id", flat=True))
    audience, count = audience_of(occasion), 0
    for start in range(0, len(candidates), CHUNK):
        chunk = candidates[start : start + CHUNK]
        known = known_members(occasion.program, chunk)
        fresh = [
            Invitation(occasion=occasion, member_id=member_id, invited_at=at, by=by)
            for member_id in chunk
            if member_id in known and audience.admits(*known[member_id])
        ]
        Invitation.objects.bulk_create(fresh, ignore_conflicts=True)
        _announce("occasion.invited", occasion, fresh, at)
        count += len(fresh)
    return count


@transaction.atomic
def accept(*, occasion: Occasion, member_id: int, at: datetime, by=None) -> Invitation:
    """The member comes, or waits for a place where all are taken. Who may come need not have been invited.

    Twice changes nothing. Raises `InvitationRefused`.
    """
    occasion = hold(occasion)
    _require_open(occasion, at)
    invitation = _invitation(occasion, member_id, at, by)
    if invitation.state in (Invitation.State.ACCEPTED, Invitation.State.ATTENDED):
        return invitation
    invitation.answered_at = invitation.answered_at if invitation.state == Invitation.State.WAITING else at
    invitation.has_place = take_place(occasion)
    invitation.state = Invitation.State.ACCEPTED if invitation.has_place else Invitation.State.WAITING
    invitation.save(update_fields=["state", "has_place", "answered_at"])
    _announce("occasion.accepted" if invitation.has_place else "occasion.waiting", occasion, [invitation], at)
    return invitation


@transaction.atomic
def decline(*, occasion: Occasion, member_id: int, at: datetime, by=None) -> Invitation:
    """The member does not come; a place that becomes free goes to the first on the waiting list."""
    occasion = hold(occasion)
    _require_open(occasion, at)
    invitation = _invitation(occasion, member_id, at, by)
    if invitation.state == Invitation.State.ATTENDED:
        raise InvitationRefused(_("This member has been there."), "attended")
    had_place = invitation.has_place
    invitation.state, invitation.has_place, invitation.answered_at = Invitation.State.DECLINED, False, at
    invitation.save(update_fields=["state", "has_place", "answered_at"])
    if had_place:
        give_place_back(occasion, at)
    return invitation


@transaction.atomic
def check_in(*, occasion: Occasion, member_id: int, at: datetime, by=None) -> Invitation:
    """The member is there. Who comes without a place is let in by whoever stands at the door.

    Twice changes nothing. Raises `InvitationRefused` for members whom the occasion is not for.
    """
    if occasion.cancelled_at is not None:
        raise InvitationRefused(_("This occasion was cancelled."), "cancelled")
    if at < occasion.starts_at - EARLY:
        raise InvitationRefused(_("This occasion has not begun."), "too_early")
    invitation = _invitation(occasion, member_id, at, by)
    if invitation.state != Invitation.State.ATTENDED:
        invitation.state, invitation.attended_at = Invitation.State.ATTENDED, at
        invitation.save(update_fields=["state", "attended_at"])
        _announce("occasion.attended", occasion, [invitation], at)
    return invitation


def hold(occasion: Occasion) -> Occasion:
    """The occasion, locked until the transaction ends: answers take turns, so that no place stays empty while somebody
    waits. Invitations that are being written may still refer to it."""
    rows = Occasion.objects.select_for_update(of=["self"], no_key=True).select_related("program")
    return rows.get(pk=occasion.pk)


def take_place(occasion: Occasion) -> bool:
    """One place, if there is one: a conditional update, so that the last one has one winner."""
    free = Q(places__isnull=True) | Q(taken__lt=F("places"))
    return bool(Occasion.objects.filter(free, pk=occasion.pk).update(taken=F("taken") + 1))


def give_place_back(occasion: Occasion, at: datetime) -> None:
    """A place is free again: it goes to whoever has waited longest. The caller holds the occasion."""
    Occasion.objects.filter(pk=occasion.pk).update(taken=F("taken") - 1)
    _move_up(occasion, at)


def mark_no_shows(*, program: Program, at: datetime) -> int:
    """Who accepted and was not there when the occasion ended."""
    over = Invitation.objects.filter(
        occasion__program=program,
        occasion__ends_at__lte=at,
        occasion__cancelled_at__isnull=True,
        state=Invitation.State.ACCEPTED,
    )
    return over.update(state=Invitation.State.NO_SHOW)


def _require_open(occasion: Occasion, at: datetime) -> None:
    if occasion.cancelled_at is not None:
        raise InvitationRefused(_("This occasion was cancelled."), "cancelled")
    if occasion.ends_at <= at:
        raise InvitationRefused(_("This occasion is over."), "over")


def _invitation(occasion: Occasion, member_id: int, at: datetime, by) -> Invitation:
    """The member's invitation, held until the transaction ends; made where the member may come uninvited."""
    rows = Invitation.objects.select_for_update().filter(occasion=occasion, member=member_id)
    if found := rows.first():
        return found
    member = known_members(occasion.program, [member_id]).get(member_id)
    if member is None or not audience_of(occasion).admits(*member):
        raise InvitationRefused(_("This occasion is for other members."), "not_for_you")
    row = Invitation(occasion=occasion, member_id=member_id, invited_at=at, by=by)
    Invitation.objects.bulk_create([row], ignore_conflicts=True)
    return rows.get()


def _move_up(occasion: Occasion, at: datetime) -> None:
    """Give free places to those who have waited longest."""
    waiting = Invitation.objects.filter(occasion=occasion, state=Invitation.State.WAITING)
    while (first := waiting.order_by("answered_at", "pk").first()) and take_place(occasion):
        first.state, first.has_place = Invitation.State.ACCEPTED, True
        first.save(update_fields=["state", "has_place"])
        _announce("occasion.moved_up", occasion, [first], at)


def _announce(kind: str, occasion: Occasion, invitations: Collection[Invitation], at: datetime) -> None:
    emit_many(
        Happening(
            kind=kind,
            program_code=occasion.program.code,
            member_id=invitation.member_id,
            occurred_at=at,
            recorded_at=at,
            payload={"occasion": occasion.code},
        )
        for invitation in invitations
    )
