"""The invitations of two members who are one person: the better answer holds, and one person takes one place."""

from datetime import datetime
from typing import Any

from loyalty.challenges.models import Invitation, Occasion
from loyalty.challenges.operations.occasions import give_place_back, hold, take_place
from members.models import Member

State = Invitation.State
BETTER = [State.NO_SHOW, State.DECLINED, State.INVITED, State.WAITING, State.ACCEPTED, State.ATTENDED]
ANSWER = ("state", "has_place", "answered_at", "attended_at")
Moved = dict[str, Any]


def merge_invitations(keep: Member, absorb: Member, at: datetime) -> Moved:
    moved: Moved = {"moved": [], "joined": []}
    for theirs in Invitation.objects.filter(member=absorb).order_by("occasion"):
        occasion = hold(theirs.occasion)
        theirs.refresh_from_db()
        mine = Invitation.objects.filter(member=keep, occasion=occasion).first()
        if mine is None:
            theirs.member = keep
            theirs.save(update_fields=["member"])
            moved["moved"].append(theirs.pk)
        else:
            moved["joined"].append(_join(occasion, mine, theirs, at))
    return moved


def _join(occasion: Occasion, mine: Invitation, theirs: Invitation, at: datetime) -> dict[str, Any]:
    """The answers change hands where theirs is the better one; then theirs gives its place up, if it is still ahead."""
    swapped = BETTER.index(State(theirs.state)) > BETTER.index(State(mine.state))
    if swapped:
        _swap(mine, theirs)
    freed = theirs.state in (State.ACCEPTED, State.WAITING) and _is_ahead(occasion, at)
    before = theirs.state
    if freed:
        _decline(occasion, theirs, at)
    return {"mine": mine.pk, "theirs": theirs.pk, "swapped": swapped, "freed": before if freed else None}


def part_invitations(keep: Member, absorb: Member, moved: Moved, at: datetime) -> None:
    """Who gave a place up asks for one again, as everybody else does."""
    Invitation.objects.filter(pk__in=moved["moved"], member=keep).update(member=absorb)
    for each in moved["joined"]:
        occasion = hold(Occasion.objects.get(invitations=each["mine"]))
        mine, theirs = Invitation.objects.get(pk=each["mine"]), Invitation.objects.get(pk=each["theirs"])
        if each["freed"] and _is_ahead(occasion, at):
            theirs.has_place = each["freed"] == State.ACCEPTED and take_place(occasion)
            theirs.state = State.ACCEPTED if theirs.has_place else State.WAITING
            theirs.save(update_fields=ANSWER)
        if each["swapped"]:
            _swap(mine, theirs)


def _swap(one: Invitation, other: Invitation) -> None:
    for name in ANSWER:
        mine, theirs = getattr(one, name), getattr(other, name)
        setattr(one, name, theirs)
        setattr(other, name, mine)
    one.save(update_fields=ANSWER)
    other.save(update_fields=ANSWER)


def _decline(occasion: Occasion, invitation: Invitation, at: datetime) -> None:
    had_place = invitation.has_place
    invitation.state, invitation.has_place = State.DECLINED, False
    invitation.save(update_fields=ANSWER)
    if had_place:
        give_place_back(occasion, at)


def _is_ahead(occasion: Occasion, at: datetime) -> bool:
    return occasion.cancelled_at is None and at < occasion.ends_at
