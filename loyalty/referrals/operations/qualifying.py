"""Friends who buy and give back: what counts for the report, and which purchase brings the reward.

What a referral is worth is worked out anew from all amounts of its friend, so that late purchases, refunds and
exchanges may come in any order.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from loyalty.lib.periods import local_date
from loyalty.programs import kinds
from loyalty.programs.kinds import Happened
from loyalty.referrals import rules
from loyalty.referrals.models import Referral, ReferralGift, ReferralProgram, ReferralRevenue
from loyalty.referrals.rules import Amount, Bought, Reason, When

from .giving import TakenBack, Wanted, take_back
from .joining import gives_when
from .thanking import hold_if_doubtful, thank_friends, thank_referrers
from .turn import Turn

State, Side, Kind = Referral.State, ReferralGift.Side, ReferralRevenue.Kind
UNDECIDED = (State.JOINED, State.QUALIFIED, State.HELD)
Amounts = dict[int, list[Amount]]


def may_decide(each: Happened, bond: Referral) -> bool:
    """Whether the activity may change the friend's referral, and not the report alone."""
    if each.kind == kinds.Kind.PURCHASE:
        return bond.state not in (State.REWARDED, State.UNDONE)
    return each.kind == kinds.Kind.REFUND


def follow_money(
    turn: Turn, terms: ReferralProgram | None, bonds: Mapping[int, Referral], happened: Sequence[Happened]
) -> None:
    """Count what friends bought and gave back, and let it decide. Without `terms` nothing can be decided by it."""
    money = [
        each for each in happened if each.kind in (kinds.Kind.PURCHASE, kinds.Kind.REFUND) and each.member_id in bonds
    ]
    deciding = {each.member_id for each in money if may_decide(each, bonds[each.member_id])}
    amounts = known_amounts([bonds[member_id] for member_id in deciding])
    last: dict[int, int] = {}
    for each in money:
        referral = bonds[each.member_id]
        if referral.is_dead or not _count(turn, referral, each, amounts[referral.pk]):
            continue
        last[referral.pk] = each.activity_id
    if terms is not None:
        touched = {bonds[member_id].pk: bonds[member_id] for member_id in deciding if bonds[member_id].pk in last}
        decide_anew(turn, terms, touched, amounts, last)


def known_amounts(referrals: Sequence[Referral]) -> Amounts:
    """By referral: what its friend bought and gave back so far."""
    amounts: Amounts = defaultdict(list)
    if not referrals:
        return amounts
    rows = ReferralRevenue.objects.filter(referral__in=referrals, kind__in=[Kind.PURCHASE, Kind.REFUND])
    columns = ("referral", "purchase_id", "activity_id", "occurred_at", "amount")
    for referral_id, *amount in rows.order_by("id").values_list(*columns):
        amounts[referral_id].append(Amount(*amount))
    return amounts


def _count(turn: Turn, referral: Referral, each: Happened, amounts: list[Amount]) -> bool:
    """Add the activity's amount to the report; False where it has nothing to do with the referral."""
    if each.kind == kinds.Kind.PURCHASE:
        if each.is_history or each.occurred_at < referral.joined_at:
            return _bought_before(turn, referral, each)
        amount = Amount(each.activity_id, each.activity_id, each.occurred_at, each.amount)
        turn.count(
            referral,
            Kind.PURCHASE,
            each.amount,
            each.occurred_at,
            activity_id=each.activity_id,
            purchase_id=each.activity_id,
        )
    else:
        purchase_id = each.refund_of.activity_id if each.refund_of else 0
        if not any(amount.purchase_id == purchase_id for amount in amounts):
            return False  # of a purchase before the referral
        amount = Amount(purchase_id, each.activity_id, each.occurred_at, -each.amount)
        turn.count(
            referral,
            Kind.REFUND,
            -each.amount,
            each.occurred_at,
            activity_id=each.activity_id,
            purchase_id=purchase_id,
        )
    amounts.append(amount)
    return True


def _bought_before(turn: Turn, referral: Referral, each: Happened) -> bool:
    """A purchase comes to light that is older than the referral: who bought before is nobody's friend.

    What was rewarded by then stands.
    """
    if referral.state in UNDECIDED:
        refuse(turn, referral, Reason.EXISTING_BUYER, activity_id=each.activity_id)
    return False


def refuse(turn: Turn, referral: Referral, reason: str, *, activity_id: int | None = None, note: str = "") -> None:
    """End it; where the friend was none, their gift is taken back and their purchases are no revenue of referrals."""
    taken = take_back(turn, {referral.pk: referral}, sides=[Side.FRIEND]) if reason in rules.WRITTEN_OFF else {}
    turn.step(referral, State.REFUSED, reason, activity_id=activity_id, note=note)
    _tell_taken(turn, referral, taken.get(referral.pk, []), activity_id)
    if reason in rules.WRITTEN_OFF:
        net = turn.revenue_of(referral)
        if net:
            turn.count(referral, Kind.WRITTEN_OFF, -net, turn.at)


def decide_anew(
    turn: Turn, terms: ReferralProgram, touched: Mapping[int, Referral], amounts: Amounts, activity: Mapping[int, int]
) -> None:
    """Look which purchase is the first that is kept, and do what follows; `activity` is the last, by referral."""
    turn.persons(number for each in touched.values() for number in (each.referrer_id, each.friend_id))
    gone, bought = {}, []
    for referral in touched.values():
        purchases = rules.bought(amounts[referral.pk])
        kept = rules.first_kept(purchases, minimum=referral.promise.minimum_purchase, buy_by=referral.buy_by)
        if kept is None:
            if referral.purchase_id:
                gone[referral.pk] = referral
            else:
                _not_yet(turn, referral, purchases, activity.get(referral.pk))
        elif _note_purchase(turn, referral, kept, activity.get(referral.pk)):
            bought.append(referral)
    _undo(turn, gone, activity)
    welcome_buyers(turn, bought, activity)
    thank_referrers(turn, terms, due(turn, touched.values()), activity)


def due(turn: Turn, referrals) -> list[Referral]:
    """Those whose window has passed, the longest due first."""
    found = [each for each in referrals if each.state == State.QUALIFIED and each.due_at <= turn.at]
    return sorted(found, key=lambda each: (each.due_at, each.pk))


def welcome_buyers(turn: Turn, referrals: Sequence[Referral], activity: Mapping[int, int]) -> None:
    """The friends' own gifts, where they get them with the first purchase."""
    wanted = [
        Wanted(each, Side.FRIEND)
        for each in referrals
        if each.state == State.QUALIFIED and gives_when(each, When.FIRST_PURCHASE)
    ]
    thank_friends(turn, wanted, activity)


def _note_purchase(turn: Turn, referral: Referral, kept: Bought, activity_id: int | None) -> bool:
    """Keep the purchase with the referral; True where the friend becomes a buyer by it."""
    becomes_buyer = referral.purchase_id is None
    if kept.activity_id != referral.purchase_id:
        referral.purchase_id, referral.purchased_at = kept.activity_id, kept.occurred_at
        if referral.state != State.REWARDED:
            days = referral.promise.return_days
            referral.due_at = rules.due_at(kept.occurred_at, days, turn.program.tzinfo)
    referral.purchase_net = kept.net
    turn.touch(referral)
    late = referral.state == State.REFUSED and referral.reason == Reason.TOO_LATE  # a purchase that came in late
    if referral.state == State.JOINED or late:
        if hold_if_doubtful(turn, referral, activity_id):
            return False
        day = local_date(referral.due_at or turn.at, turn.program.tzinfo).isoformat()
        turn.step(referral, State.QUALIFIED, Reason.QUALIFIED, activity_id=activity_id, due=day)
        return becomes_buyer
    return False


def _not_yet(turn: Turn, referral: Referral, purchases: Sequence[Bought], activity_id: int | None) -> None:
    """A purchase that is not enough, or not in time."""
    last = purchases[-1] if purchases else None
    if referral.state != State.JOINED or last is None:
        return
    if referral.buy_by is not None and last.occurred_at >= referral.buy_by:
        refuse(turn, referral, Reason.TOO_LATE, activity_id=activity_id)
    elif last.activity_id == activity_id:
        needed = referral.promise.minimum_purchase
        turn.note(referral, Reason.BELOW_MINIMUM, activity_id=activity_id, amount=last.net, needed=needed)


def _undo(turn: Turn, gone: dict[int, Referral], activity: Mapping[int, int]) -> None:
    """Nothing is kept any more: before the reward the friend is to buy again, after it the gifts are taken back."""
    rewarded = {number: each for number, each in gone.items() if each.state == State.REWARDED}
    waiting = {number: each for number, each in gone.items() if each.state in (*UNDECIDED, State.REFUSED)}
    with_purchase = {
        number: each for number, each in waiting.items() if each.promise.friend_when == When.FIRST_PURCHASE
    }
    taken = take_back(turn, with_purchase, sides=[Side.FRIEND]) | take_back(
        turn, rewarded, sides=[Side.FRIEND, Side.REFERRER]
    )
    for number, referral in waiting.items():
        referral.purchase_id = referral.purchased_at = referral.purchase_net = referral.due_at = None
        state = State.JOINED if referral.state == State.QUALIFIED else referral.state
        if state == State.JOINED:
            turn.step(referral, state, Reason.NOT_KEPT, activity_id=activity.get(number))
        else:
            turn.touch(referral)
            turn.note(referral, Reason.NOT_KEPT, activity_id=activity.get(number))
        _tell_taken(turn, referral, taken.get(number, []), activity.get(number))
    for number, referral in rewarded.items():
        referral.purchase_net = 0
        turn.step(referral, State.UNDONE, Reason.UNDONE, activity_id=activity.get(number))
        _tell_taken(turn, referral, taken.get(number, []), activity.get(number))


def _tell_taken(turn: Turn, referral: Referral, taken: Sequence[TakenBack], activity_id: int | None) -> None:
    """What became of each gift: taken back, or used before and left."""
    for gift, points, shortfall, is_used in taken:
        said: dict[str, Any] = {"to": gift.side, "points": points, **({"shortfall": shortfall} if shortfall else {})}
        reason = Reason.GIFT_USED if is_used else Reason.TAKEN_BACK
        turn.note(referral, reason, activity_id=activity_id, **said)
