"""What staff do to a card themselves: a punch that the till forgot, and taking back one that was a mistake."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from loyalty.ledger.operations import Batch
from loyalty.lib.periods import local_date
from loyalty.punchcards.models import Punch, PunchCardProgram
from loyalty.punchcards.rules import PunchOn, Reason
from members.models import Enrolment, Member

from .punching import of_card
from .shelf import Act, Shelf

MOST_BY_HAND = 100


class PunchRefused(Exception):
    """A punch by hand that is refused. `code` is for machines, the text for people."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def stamp_by_hand(
    *,
    card_program: PunchCardProgram,
    member_id: int,
    reason: str,
    at: datetime,
    by=None,
    count: int = 1,
    key: str = "",
    occurred_at: datetime | None = None,
) -> dict[str, Any]:
    """Punch `count` holes and say what came of it, as an outcome; limits per visit and day are for tills.

    They count from `occurred_at` where that was before `at`, as at a till that was without the server. A retry with the
    same `key` changes nothing. Raises `PunchRefused`.
    """
    try:
        return _stamp(card_program, member_id, reason, occurred_at or at, at, by, count, key)
    except IntegrityError:  # the same form, sent twice at once
        if not _is_known(card_program, key):
            raise
        return of_card(card_program, Reason.PUNCHED)


@transaction.atomic
def _stamp(card_program, member_id, reason, occurred_at, at, by, count, key) -> dict[str, Any]:
    _check(card_program, member_id, reason, occurred_at, count)
    program = card_program.program
    Batch(program=program, member_ids=[member_id])  # the account's lock, as for everything that a member does
    outcome = of_card(card_program, Reason.PUNCHED)
    if _is_known(card_program, key):
        return outcome
    shelf = Shelf(program=program, definitions=[card_program], member_ids=[member_id], since=occurred_at)
    act = Act(member_id, card_program, PunchOn.HAND, local_date(occurred_at, program.tzinfo))
    shelf.punch(act, count, at=occurred_at, outcome=outcome, reason=reason, key=key)
    shelf.put_back(at=at, by=by)
    return outcome


@transaction.atomic
def undo_stamp(*, punch: Punch, reason: str, at: datetime, by=None) -> dict[str, Any]:
    """Take back what a punch by hand gave, all of it, and the reward of a card that is no longer full.

    Raises `PunchRefused` for a punch of an activity, and where nothing is left to take back.
    """
    first, definition = punch.part_of or punch, punch.card_program
    _require_reason(reason)
    if first.given_for != PunchOn.HAND or first.undoes_id:
        raise PunchRefused("not_by_hand", _("Only a punch by hand is taken back here: refund the purchase."))
    program, member_id = definition.program, punch.card.member_id
    Batch(program=program, member_ids=[member_id])
    parts, given, taken = _made(first)
    if taken == given:
        raise PunchRefused("undone", _("This punch was taken back before."))
    shelf = Shelf(program=program, definitions=[definition], member_ids=[member_id], since=at, whole=[member_id])
    act = Act(member_id, definition, first.given_for, first.day, given=given, taken=taken, id=first.pk)
    act.cards = shelf.cards({part.card_id for part in parts}, member_id, definition)
    outcome = of_card(definition, Reason.TAKEN_BACK)
    shelf.take_back(act, given - taken, at=at, outcome=outcome, reason=reason)
    shelf.put_back(at=at, by=by)
    return outcome


def can_be_undone(punch: Punch) -> bool:
    """Whether something of a punch by hand is left to take back."""
    first = punch.part_of or punch
    if first.given_for != PunchOn.HAND or first.undoes_id:
        return False
    _parts, given, taken = _made(first)
    return taken < given


def _made(first: Punch) -> tuple[list[Punch], int, int]:
    """All parts of a punch by hand, what it gave, and what was taken back."""
    parts = list(Punch.objects.filter(Q(pk=first.pk) | Q(part_of=first)))
    taken = -(first.undone_by.aggregate(total=Sum("count"))["total"] or 0)
    return parts, sum(part.count for part in parts), taken


def _check(card_program: PunchCardProgram, member_id: int, reason: str, at: datetime, count: int) -> None:
    _require_reason(reason)
    if not 1 <= count <= MOST_BY_HAND:
        raise PunchRefused("count", _("From 1 to %(most)s punches at once.") % {"most": MOST_BY_HAND})
    if not card_program.holds_at(at):
        raise PunchRefused("not_in_force", _("This punch card is not in use now."))
    enrolment = Enrolment.objects.filter(program=card_program.program_id, member=member_id, status="active")
    if not enrolment.filter(member__status=Member.Status.ACTIVE).exists():
        raise PunchRefused("not_enrolled", _("This member does not take part in the program, or is blocked."))


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise PunchRefused("reason", _("Say why."))


def _is_known(card_program: PunchCardProgram, key: str) -> bool:
    return bool(key) and Punch.objects.filter(card_program=card_program, key=key).exists()
