"""The night: rewards whose return window has passed, and friends who did not buy in time."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from loyalty.lib.deadlocks import again_after_deadlock
from loyalty.programs.models import Program
from loyalty.referrals.models import Referral
from loyalty.referrals.rules import Reason

from .thanking import thank_referrers
from .turn import Turn

State = Referral.State


class Settled(NamedTuple):
    """How many referrals one call rewarded, and how many came to nothing."""

    rewarded: int = 0
    lapsed: int = 0


def settle(*, program: Program, at: datetime, first_member: int, last_member: int) -> Settled:
    """Reward what is due at `at`, of friends in the range, both ends included; a second call finds nothing to do."""

    def work() -> Settled:
        with transaction.atomic():
            return _settle(program, at, first_member, last_member)

    return again_after_deadlock(work)


def _settle(program: Program, at: datetime, first_member: int, last_member: int) -> Settled:
    due = Referral.objects.filter(
        program=program, state=State.QUALIFIED, due_at__lte=at, friend__gte=first_member, friend__lte=last_member
    )
    late = Referral.objects.filter(
        program=program, state=State.JOINED, buy_by__lte=at, friend__gte=first_member, friend__lte=last_member
    )
    referrers = set(due.values_list("referrer", flat=True))
    if not referrers and not late.exists():
        return Settled()
    turn = Turn(program, at)
    terms = turn.begin(referrers)
    locked = due.filter(Q(referrer__in=referrers - {None}) | Q(referrer=None))
    rewarded = thank_referrers(turn, terms, list(locked.order_by("due_at", "id")), {})
    lapsed = list(late)
    for referral in lapsed:
        turn.step(referral, State.REFUSED, Reason.TOO_LATE)
    turn.write()
    return Settled(len(rewarded), len(lapsed))
