from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from loyalty.lib.deadlocks import again_after_deadlock
from loyalty.referrals.models import Referral, ReferralGift, ReferralProgram, ReferralRevenue
from loyalty.referrals.rules import Reason, When

from .errors import ReferralsError
from .giving import Wanted
from .joining import gives_when
from .qualifying import UNDECIDED, due, refuse, welcome_buyers
from .thanking import thank_friends, thank_referrers
from .turn import Turn, lock_accounts

State = Referral.State


def decide(*, referral: Referral, accept: bool, reason: str, at: datetime, by) -> Referral:
    """A person has looked: what was held goes on from where it stood, or comes to nothing.

    What has not been rewarded yet may be refused, held or not. Raises `ReferralsError`.
    """

    def work() -> Referral:
        with transaction.atomic():
            return _decide(referral, accept, reason.strip(), at, by)

    return again_after_deadlock(work)


def _decide(referral: Referral, accept: bool, reason: str, at: datetime, by) -> Referral:
    if not reason:
        raise ReferralsError(_("Say why: a decision needs a reason."), "reason_missing")
    turn = Turn(referral.program, at, by)
    lock_accounts(turn.program, {referral.friend_id})  # friends before their referrers, as everybody locks
    terms = turn.begin([referral.referrer_id])
    found = Referral.objects.select_related("program").get(pk=referral.pk)
    if found.state not in UNDECIDED:
        raise ReferralsError(_("This referral has been decided: nothing is open any more."), "not_open")
    if accept and found.state != State.HELD:
        raise ReferralsError(_("This referral is not held for review: it goes on by itself."), "not_held")
    if accept:
        _accept(turn, terms, found, reason)
    else:
        refuse(turn, found, Reason.REVIEWED, note=reason)
    turn.write()
    return found


def _accept(turn: Turn, terms: ReferralProgram, referral: Referral, reason: str) -> None:
    """Go on from where it stood: the friend's gift, and the reward if it has become due."""
    referral.cleared = sorted({*referral.cleared, *referral.suspicions})
    referral.suspicions = []
    state = State.QUALIFIED if referral.purchase_id else State.JOINED
    turn.step(referral, state, Reason.ACCEPTED, note=reason)
    _go_on(turn, terms, referral)


def reopen(turn: Turn, terms: ReferralProgram, referral: Referral, *, was_held: bool) -> None:
    """What was refused because two members were one person goes on from where it stood; they are two after all.

    What the friend spent is revenue of referrals again. The caller has the turn.
    """
    written_off = ReferralRevenue.objects.filter(referral=referral, kind=ReferralRevenue.Kind.WRITTEN_OFF)
    if net := written_off.aggregate(Sum("amount", default=0))["amount__sum"]:
        turn.count(referral, ReferralRevenue.Kind.WRITTEN_OFF, -net, turn.at)
    if was_held:
        turn.step(referral, State.HELD, Reason.REOPENED)
        return
    turn.step(referral, State.QUALIFIED if referral.purchase_id else State.JOINED, Reason.REOPENED)
    _go_on(turn, terms, referral)


def _go_on(turn: Turn, terms: ReferralProgram, referral: Referral) -> None:
    held = ReferralGift.objects.filter(referral=referral, side=ReferralGift.Side.FRIEND)
    if not held.exclude(state=ReferralGift.State.TAKEN_BACK).exists():
        if gives_when(referral, When.SIGN_UP):
            thank_friends(turn, [Wanted(referral, ReferralGift.Side.FRIEND)], {})
        welcome_buyers(turn, [referral], {})
    thank_referrers(turn, terms, due(turn, [referral]), {})
