"""What the earning room tells: members who come with a code, friends who buy and give back."""

from collections.abc import Sequence
from datetime import datetime

from loyalty.lib import codes
from loyalty.programs.kinds import Effect, Happened, Kind
from loyalty.programs.models import Program
from loyalty.referrals.models import Referral, ReferralCode

from .joining import join
from .qualifying import follow_money, may_decide
from .turn import Turn


def follow(*, program: Program, happened: Sequence[Happened], at: datetime, by) -> Sequence[Effect]:
    """Friends join with a code, their purchases count, their first kept one brings the reward. Never refuses a sale.

    The friends' accounts are locked by the caller. Most activities are nobody's and cost one look.
    """
    bonds = _bonds(program, happened)
    with_code = [each for each in happened if each.referral.strip() and each.kind != Kind.REFUND]
    if not bonds and not with_code:
        return ()
    turn, terms = Turn(program, at, by), None
    deciding = [bonds[each.member_id] for each in happened if _may_decide(each, bonds)]
    if with_code or deciding:
        found = _codes(program, with_code)
        referrers = {code.referrer_id for code in found.values()}
        terms = turn.begin(referrers | {bond.referrer_id for bond in deciding})
        bonds = _bonds(program, happened)  # as the turn before left them
        join(turn, terms, found, bonds, with_code)
    follow_money(turn, terms, bonds, happened)
    return turn.write()


def _bonds(program: Program, happened: Sequence[Happened]) -> dict[int, Referral]:
    """The referral of each of the members who is a friend."""
    members = {each.member_id for each in happened}
    rows = Referral.objects.filter(program=program, friend__in=members).order_by("id")
    return {referral.friend_id: referral for referral in rows if not referral.is_dead}


def _may_decide(each: Happened, bonds: dict[int, Referral]) -> bool:
    return each.member_id in bonds and may_decide(each, bonds[each.member_id])


def _codes(program: Program, with_code: Sequence[Happened]) -> dict[str, ReferralCode]:
    """The codes that the activities name, by their stored form."""
    typed = {codes.normalise(each.referral) for each in with_code}
    found = ReferralCode.objects.filter(program=program, code__in=typed).select_related("ambassador", "member")
    return {code.code: code for code in found}
