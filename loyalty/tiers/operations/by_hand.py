"""A tier that somebody sets, and leaves alone what activities would make of it until its end."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.ledger.operations import Batch
from loyalty.lib.periods import ONE_DAY, local_date, start_of_day
from loyalty.programs.models import Program
from loyalty.tiers.careers import Career, Stretch
from loyalty.tiers.reading import Definition, careers_of, definition_of
from loyalty.tiers.rules import Period, Reason
from members.models import Enrolment

from .errors import TierRefused
from .settling import settle


@transaction.atomic
def set_tier_by_hand(
    *, program: Program, member_id: int, tier: str, reason: str, at: datetime, by=None, until: date | None = None
) -> Stretch:
    """Put a member into the tier of this code; `until` is its last day, None until somebody ends it.

    The tier's benefits come with it, but not the reward on reaching it. What the member had is put aside and comes
    back after the end, while it lasts, or more where more was earned meanwhile. Raises `TierRefused`.
    """
    definition, career = _career(program, member_id, at)
    level = definition.terms.level(tier)
    if level is None:
        raise TierRefused({"tier": _("The program has no tier “%(code)s”.") % {"code": tier}})
    if not reason.strip():
        raise TierRefused({"reason": _("Say why.")})
    if until is not None and until < local_date(at, program.tzinfo):
        raise TierRefused({"until": _("The last day lies in the past.")})
    current = career.current
    end = start_of_day(until + ONE_DAY, program.tzinfo) if until else None
    hand = Stretch(level, at, Reason.BY_HAND, Period(None, end), note=reason.strip())
    hand.instead_of = current.instead_of if current and current.by_hand else current
    career.turn(hand)
    settle(definition, program, {member_id: career}, at=at, by=by)
    return hand


@transaction.atomic
def end_tier_by_hand(*, program: Program, member_id: int, reason: str, at: datetime, by=None) -> Stretch:
    """End now what was set by hand; the member gets what was put aside or earned meanwhile. Raises `TierRefused`."""
    definition, career = _career(program, member_id, at)
    current = career.current
    if current is None or not current.by_hand:
        raise TierRefused(_("This member’s tier was not set by hand."))
    ended = career.after_hand(current, at)
    ended.note = reason.strip()
    career.turn(ended)
    settle(definition, program, {member_id: career}, at=at, by=by)
    return ended


def _career(program: Program, member_id: int, at: datetime) -> tuple[Definition, Career]:
    """The member's career as of now, with the account held."""
    definition = definition_of(program)
    if definition is None:
        raise TierRefused(_("This program has no tiers."))
    if not Enrolment.objects.filter(program=program, member_id=member_id).exists():
        raise TierRefused(_("This member is not enrolled in the program."))
    Batch(program=program, member_ids=[member_id])
    career = careers_of(definition, program, [member_id], [at])[member_id]
    career.look(at)
    return definition, career
