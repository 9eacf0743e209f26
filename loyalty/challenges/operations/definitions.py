"""Challenges and badges of a program, set up by hand or by a template, and members who join.

Each verb raises Django's `ValidationError` with a message at each field that makes no sense.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.challenges.models import Badge, Challenge, Participation
from loyalty.challenges.operations.audience import known_members
from loyalty.challenges.terms import terms_of
from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program

# What has to be reached and what it gives: fixed once a member is under way.
FIXED = (
    "goal",
    "target",
    "target_amount",
    "every",
    "period",
    "times",
    "is_opt_in",
    "kinds",
    "stores",
    "channels",
    "brands",
    "categories",
    "skus",
    "minimum_amount",
    "points",
    "reward",
    "badge",
)


class JoinRefused(Exception):
    """The member cannot join this challenge. `code` is for machines, the text for people."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code


@transaction.atomic
def add_challenge(*, program: Program, code: str, at: datetime, by=None, **terms: Any) -> Challenge:
    """A new challenge; `terms` are fields of `Challenge`, `valid_from` and `valid_to` moments."""
    return save_checked(Challenge(program=program, code=code, **terms), by=by, at=at)


@transaction.atomic
def change_challenge(*, challenge: Challenge, at: datetime, by=None, **changes: Any) -> Challenge:
    """Change a challenge: all of it while nobody is under way, then only its names, dates, audience and cap."""
    held = Challenge.objects.select_for_update().get(pk=challenge.pk)
    if is_under_way(held):
        fixed = [name for name in FIXED if name in changes and changes[name] != getattr(held, name)]
        if (held.most_winners is None) != (changes.get("most_winners", held.most_winners) is None):
            fixed.append("most_winners")
        if fixed:
            message = _("Members are under way: make a new challenge to change this.")
            raise ValidationError(dict.fromkeys(fixed, message))
    for name, value in changes.items():
        setattr(held, name, value)
    return save_checked(held, by=by, at=at)


def is_under_way(challenge: Challenge) -> bool:
    """Whether a member has taken a step in it or joined it."""
    return challenge.progresses.exists() or challenge.participations.exists()


@transaction.atomic
def add_badge(*, program: Program, code: str, at: datetime, by=None, **terms: Any) -> Badge:
    return save_checked(Badge(program=program, code=code, **terms), by=by, at=at)


@transaction.atomic
def join_challenge(*, challenge: Challenge, member_id: int, at: datetime) -> Participation:
    """The member takes part from now on. Twice changes nothing. Raises `JoinRefused`."""
    known = Participation.objects.filter(challenge=challenge, member_id=member_id).first()
    if known:
        return known
    if not challenge.is_opt_in:
        raise JoinRefused(_("Everybody takes part in this challenge: there is nothing to join."), "no_joining")
    terms = terms_of(challenge)
    if not challenge.is_active or (terms.valid_to is not None and terms.valid_to <= at):
        raise JoinRefused(_("This challenge is over."), "over")
    member = known_members(challenge.program, [member_id]).get(member_id)
    if member is None or not terms.audience.admits(*member):
        raise JoinRefused(_("This challenge is for other members."), "not_for_you")
    Participation.objects.bulk_create(
        [Participation(challenge=challenge, member_id=member_id, joined_at=at)], ignore_conflicts=True
    )
    return Participation.objects.get(challenge=challenge, member_id=member_id)
