"""Gifts that are due: the friend's own, and the referrer's once nothing can be returned any more."""

from collections.abc import Mapping, Sequence

from django.db.models import Count, Q

from loyalty.lib.periods import Every, local_date, period_start, start_of_day
from loyalty.referrals import rules
from loyalty.referrals.models import Ambassador, Referral, ReferralGift, ReferralProgram
from loyalty.referrals.rules import Caps, Counts, Reason

from .giving import Wanted, give
from .turn import Turn

State, Side = Referral.State, ReferralGift.Side


def thank_friends(turn: Turn, wanted: Sequence[Wanted], activity: Mapping[int, int]) -> None:
    """Give the friends what is theirs; `activity` is what it came of, by referral."""
    given = give(turn, wanted)
    for each in wanted:
        gift = given.get((each.referral.pk, each.side))
        reason = Reason.FRIEND_REWARDED if gift else Reason.OUT_OF_STOCK
        turn.note(each.referral, reason, activity_id=activity.get(each.referral.pk), **_said(gift))


def thank_referrers(
    turn: Turn, terms: ReferralProgram, referrals: Sequence[Referral], activity: Mapping[int, int]
) -> list[Referral]:
    """Reward those whose friend's purchase is kept for good: of `referrals`, which are due, in their order.

    People are looked at once more, because much may have come to light in the meantime. Returns whom it rewarded.
    """
    turn.persons(number for each in referrals for number in (each.referrer_id, each.friend_id))
    sound = [each for each in referrals if _still_sound(turn, each, activity.get(each.pk))]
    allowed = _within_caps(turn, terms, sound, activity)
    given = give(turn, [Wanted(each, Side.REFERRER) for each in allowed])
    rewarded = []
    for each in allowed:
        gift = given.get((each.pk, Side.REFERRER))
        if gift is None and each.referrer_id:
            turn.step(each, State.REFUSED, Reason.OUT_OF_STOCK, activity_id=activity.get(each.pk))
            continue
        each.rewarded_at = turn.at
        turn.step(each, State.REWARDED, Reason.REWARDED, activity_id=activity.get(each.pk), **_said(gift))
        turn.announce("referral.rewarded", each, turn.at, **_said(gift))
        rewarded.append(each)
    return rewarded


def _said(gift: ReferralGift | None) -> dict:
    """What an effect and an event tell of a gift."""
    if gift is None:
        return {}
    reward = gift.voucher.reward if gift.voucher else None
    return {"points": gift.points, **({"reward": reward.code} if reward else {})}


def _still_sound(turn: Turn, referral: Referral, activity_id: int | None) -> bool:
    referrer = turn.persons([referral.referrer_id, referral.friend_id]).get(referral.referrer_id or 0)
    if referrer is not None and not referrer.is_active:
        turn.step(referral, State.REFUSED, Reason.REFERRER_BLOCKED, activity_id=activity_id)
        return False
    return not hold_if_doubtful(turn, referral, activity_id)


def hold_if_doubtful(turn: Turn, referral: Referral, activity_id: int | None) -> bool:
    """Put the referral before a person where something speaks against it that nobody has cleared yet."""
    known = turn.persons([referral.referrer_id, referral.friend_id])
    doubts = rules.suspicions(known.get(referral.referrer_id or 0), known[referral.friend_id])
    doubts = [doubt for doubt in doubts if doubt not in referral.cleared]
    if not doubts:
        return False
    referral.suspicions = doubts
    turn.step(referral, State.HELD, Reason.HELD, activity_id=activity_id, suspicions=doubts)
    return True


def _within_caps(
    turn: Turn, terms: ReferralProgram, referrals: Sequence[Referral], activity: Mapping[int, int]
) -> list[Referral]:
    """Caps and budgets as they are today; the turn's lock makes two who ask at once count one after the other."""
    if not referrals:
        return []
    members = Caps(ever=terms.cap_ever, month=terms.cap_month, year=terms.cap_year, budget=terms.budget)
    counts = {False: Counts(), True: Counts()}  # by whether it is an ambassador's: a budget is its own promise's
    own_caps = {
        number: Caps(ever=budget)
        for number, budget in Ambassador.objects.filter(
            pk__in={each.ambassador_id for each in referrals if each.ambassador_id}
        ).values_list("pk", "budget")
    }
    if members.are_set or any(caps.are_set for caps in own_caps.values()):
        _count_members(turn, referrals, counts[False])
        counts[True].ever = _count_ambassadors(turn, own_caps)
    allowed = []
    for each in referrals:
        is_own = bool(each.ambassador_id)
        caps, counted = own_caps[each.ambassador_id or 0] if is_own else members, counts[is_own]
        if reason := rules.cap_fault(caps, counted, each.party):
            reason = Reason.BUDGET_SPENT if is_own else reason
            turn.step(each, State.REFUSED, reason, activity_id=activity.get(each.pk))
            continue
        counted.add(each.party)
        allowed.append(each)
    return allowed


def _count_members(turn: Turn, referrals: Sequence[Referral], counts: Counts) -> None:
    tz = turn.program.tzinfo
    day = local_date(turn.at, tz)
    month = start_of_day(period_start(day, Every.MONTH), tz)
    year = start_of_day(period_start(day, Every.YEAR), tz)
    rewarded = Referral.objects.filter(program=turn.program, ambassador=None, state=State.REWARDED)
    counts.budget = rewarded.count()
    rows = (
        rewarded.filter(referrer__in={each.referrer_id for each in referrals})
        .values("referrer")
        .annotate(
            ever=Count("id"),
            month=Count("id", filter=Q(rewarded_at__gte=month)),
            year=Count("id", filter=Q(rewarded_at__gte=year)),
        )
    )
    for row in rows:
        for name in ("ever", "month", "year"):
            getattr(counts, name)[row["referrer"]] = row[name]


def _count_ambassadors(turn: Turn, numbers) -> dict[int, int]:
    rows = Referral.objects.filter(program=turn.program, ambassador__in=numbers, state=State.REWARDED)
    return {-number: count for number, count in rows.values_list("ambassador").annotate(Count("id"))}
