"""What referrals do when two members become one, when one is forgotten, and when one asks for everything.

Friends and whoever brought them follow the person; codes stay where they are and lead to the person. A referral between
the two was none, and so is that of somebody who turns out to have bought before: what is not rewarded yet is refused.
The amounts of the report stay where they were booked.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from loyalty.programs.models import Program
from loyalty.referrals.models import Ambassador, Device, Referral, ReferralCode, ReferralGift, ReferralProgram
from loyalty.referrals.operations.qualifying import UNDECIDED, refuse
from loyalty.referrals.operations.reviewing import reopen
from loyalty.referrals.operations.turn import Turn, lock_program
from loyalty.referrals.rules import Reason
from members import registry
from members.models import Enrolment, Member, MemberMerge

NAME = "referrals"
Moved = dict[str, Any]


def merge(*, keep: Member, absorb: Member, merge_id: int, at: datetime, by) -> Moved:
    """Called with the accounts of both locked; then the programs take their turn, as everywhere."""
    moved: Moved = defaultdict(list)
    for terms in ReferralProgram.objects.filter(program__enrolments__member=absorb).order_by("program"):
        turn = Turn(terms.program, at, by)
        lock_program(turn.program)
        moved["refused"] += _refuse_what_was_none(turn, keep, absorb)
        turn.write()
        _move(turn.program, keep, absorb, moved)
    ambassadors = Ambassador.objects.filter(member=absorb)
    moved["ambassadors"] = list(ambassadors.values_list("pk", flat=True))
    ambassadors.update(member=keep)
    gifts = ReferralGift.objects.filter(member=absorb)
    moved["gifts"] = list(gifts.values_list("pk", flat=True))
    gifts.update(member=keep)
    return moved


def _refuse_what_was_none(turn: Turn, keep: Member, absorb: Member) -> list[dict[str, Any]]:
    """Refuse what comes to light, and say what stood before."""
    refused = []
    pair = {keep.pk, absorb.pk}
    first_purchase = dict(
        Enrolment.objects.filter(program=turn.program, member__in=pair).values_list("member", "first_purchase_at")
    )
    is_friend = any(not each.is_dead for each in Referral.objects.filter(program=turn.program, friend=keep))
    both = Referral.objects.filter(program=turn.program, friend__in=pair, state__in=UNDECIDED).order_by("id")
    for referral in both:
        before = referral.state
        if referral.referrer_id in pair:
            refuse(turn, referral, Reason.OWN_CODE)
        elif referral.friend_id == absorb.pk and is_friend:
            refuse(turn, referral, Reason.ALREADY_REFERRED)
        elif (bought_at := first_purchase.get(*(pair - {referral.friend_id}))) and bought_at < referral.joined_at:
            refuse(turn, referral, Reason.EXISTING_BUYER)
        if referral.state != before:
            refused.append({"referral": referral.pk, "was_held": before == Referral.State.HELD})
    return refused


def _move(program: Program, keep: Member, absorb: Member, moved: Moved) -> None:
    brought = Referral.objects.filter(program=program, referrer=absorb).exclude(friend__in=[keep, absorb])
    moved["brought"] += brought.values_list("pk", flat=True)
    brought.update(referrer=keep)
    came = Referral.objects.filter(program=program, friend=absorb).exclude(referrer__in=[keep, absorb])
    alive = [each.pk for each in came if not each.is_dead]
    if not any(not each.is_dead for each in Referral.objects.filter(program=program, friend=keep)):
        moved["came"] += alive
        Referral.objects.filter(pk__in=alive).update(friend=keep)


def unmerge(*, keep: Member, absorb: Member, moved: Moved, merge_id: int, at: datetime, by) -> None:
    """What the merge refused is open again, unless a person has decided since, or the friend came by another way."""
    Referral.objects.filter(pk__in=moved.get("brought", ()), referrer=keep).update(referrer=absorb)
    Referral.objects.filter(pk__in=moved.get("came", ()), friend=keep).update(friend=absorb)
    Ambassador.objects.filter(pk__in=moved["ambassadors"], member=keep).update(member=absorb)
    ReferralGift.objects.filter(pk__in=moved["gifts"], member=keep).update(member=absorb)
    merged_at = MemberMerge.objects.values_list("merged_at", flat=True).get(pk=merge_id)
    for each in moved.get("refused", ()):
        _reopen(each["referral"], each["was_held"], merged_at, at, by)


def _reopen(referral_id: int, was_held: bool, refused_at: datetime, at: datetime, by) -> None:
    program = Program.objects.get(referrals=referral_id)
    turn = Turn(program, at, by)
    terms = turn.begin(Referral.objects.filter(pk=referral_id).values_list("referrer", flat=True))
    referral = Referral.objects.select_related("program").get(pk=referral_id)
    others = Referral.objects.filter(program=program, friend=referral.friend_id).exclude(pk=referral_id)
    is_as_left = referral.state == Referral.State.REFUSED and referral.decided_at == refused_at
    if is_as_left and all(other.is_dead for other in others):
        reopen(turn, terms, referral, was_held=was_held)
        turn.write()


def erase(*, member_ids: list[int], at: datetime, by) -> None:
    """Devices say who somebody was; referrals name nobody but by their number."""
    Device.objects.filter(member__in=member_ids).delete()


def export(*, member_ids: list[int]) -> dict[str, Any]:
    """Of friends and of whoever brought them nothing is told but that they exist: they are other people."""
    codes = ReferralCode.objects.filter(member__in=member_ids).select_related("program").order_by("pk")
    brought = Referral.objects.filter(referrer__in=member_ids).select_related("program").order_by("pk")
    came = Referral.objects.filter(friend__in=member_ids).select_related("program").order_by("pk")
    gifts = ReferralGift.objects.filter(member__in=member_ids).select_related("referral__program").order_by("pk")
    return {
        "codes": [{"program": each.program.code, "code": each.code} for each in codes],
        "friends": [_told(each) for each in brought],
        "came_with_a_code": [_told(each) for each in came],
        "gifts": [
            {
                "program": gift.referral.program.code,
                "side": gift.side,
                "points": gift.points,
                "state": gift.state,
                "given_at": gift.given_at.isoformat(),
            }
            for gift in gifts
        ],
        "devices": Device.objects.filter(member__in=member_ids).count(),
    }


def _told(referral: Referral) -> dict[str, Any]:
    return {
        "program": referral.program.code,
        "state": referral.state,
        "reason": referral.reason,
        "joined_at": referral.joined_at.isoformat(),
        "purchased_at": referral.purchased_at.isoformat() if referral.purchased_at else None,
        "rewarded_at": referral.rewarded_at.isoformat() if referral.rewarded_at else None,
    }


def register() -> None:
    registry.register(NAME, merge=merge, unmerge=unmerge, erase=erase, export=export)
