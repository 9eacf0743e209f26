"""What the sides of a referral get, and how it is taken back: points in the ledger, vouchers of rewards, the cost.

However many gifts at once, the statements are as many (and one more for each different reward).
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from loyalty.ledger import queries as ledger_queries
from loyalty.ledger.operations import Batch, Cause
from loyalty.lib import sql
from loyalty.programs.expiry import ExpiryPolicy, expires_at
from loyalty.referrals.models import Referral, ReferralGift, ReferralRevenue
from rewards import operations as rewards
from rewards.models import Reward, Voucher
from rewards.operations.granting import Grant

from .turn import Turn

SOURCE, UNDONE = "referral", "referral_undone"


class Wanted(NamedTuple):
    """A gift that is due to one side of a referral."""

    referral: Referral
    side: str

    @property
    def member_id(self) -> int | None:
        return self.referral.friend_id if self.side == ReferralGift.Side.FRIEND else self.referral.referrer_id

    @property
    def points(self) -> int:
        return self._term("points") if self.member_id else 0

    @property
    def reward_id(self) -> int | None:
        return self._term("reward") if self.member_id else None

    @property
    def cost(self) -> int:
        return self._term("cost")

    def _term(self, what: str):
        return getattr(self.referral.promise, f"{self.side}_{what}")


def give(turn: Turn, wanted: Sequence[Wanted]) -> dict[tuple[int, str], ReferralGift]:
    """By referral and side: the gifts that were given. One is missing where nothing was left to give."""
    if not wanted:
        return {}
    ids = list(sql.reserve({ReferralGift: len(wanted)})[ReferralGift])
    points = _earn(turn, list(zip(ids, wanted, strict=True)))
    vouchers = _grant(turn, list(zip(ids, wanted, strict=True)))
    gifts = []
    for number, each in zip(ids, wanted, strict=True):
        voucher = vouchers.get(str(number))
        is_fee = each.member_id is None and each.cost > 0
        if not (points.get(number) or voucher or is_fee):
            continue
        gifts.append(
            ReferralGift(
                id=number,
                referral_id=each.referral.pk,
                side=each.side,
                member_id=each.member_id,
                points=points.get(number, 0),
                voucher=voucher,
                cost=each.cost,
                given_at=turn.at,
            )
        )
    referrals = {each.referral.pk: each.referral for each in wanted}
    ReferralGift.objects.bulk_create(gifts)
    for gift in gifts:
        turn.count(referrals[gift.referral_id], ReferralRevenue.Kind.GIFT, -gift.cost, turn.at, gift_id=gift.pk)
    return {(gift.referral_id, gift.side): gift for gift in gifts}


def _earn(turn: Turn, numbered: list[tuple[int, Wanted]]) -> dict[int, int]:
    """The points, by gift; none where the program ends before they could be used."""
    lapses_at = expires_at(ExpiryPolicy.of(turn.program), turn.at)
    with_points = [(number, each) for number, each in numbered if each.points]
    if not with_points or (lapses_at is not None and lapses_at <= turn.at):
        return {}
    batch = Batch(program=turn.program, member_ids={each.member_id or 0 for _number, each in with_points})
    for number, each in with_points:
        batch.earn(
            member_id=each.member_id or 0,
            points=each.points,
            cause=Cause(SOURCE, str(number)),
            at=turn.at,
            active_at=turn.at,
            expires_at=lapses_at,
            by_id=turn.by.pk if turn.by else None,
        )
    sql.write(batch.steps(sql.reserve(batch.needs()), at=turn.at))
    return {number: each.points for number, each in with_points}


def _grant(turn: Turn, numbered: list[tuple[int, Wanted]]) -> dict[str, Voucher]:
    grants: dict[int, list[Grant]] = defaultdict(list)
    for number, each in numbered:
        if each.reward_id:
            grants[each.reward_id].append(Grant(each.member_id or 0, str(number)))
    vouchers: dict[str, Voucher] = {}
    for reward in Reward.objects.filter(pk__in=grants).order_by("pk") if grants else ():
        vouchers |= rewards.grant_rewards(
            program=turn.program, reward=reward, grants=grants[reward.pk], source=SOURCE, at=turn.at, by=turn.by
        )
    return vouchers


class TakenBack(NamedTuple):
    """What became of a gift: the points that were taken, those that could not be, whether the voucher was used."""

    gift: ReferralGift
    points: int
    shortfall: int
    is_used: bool


def take_back(turn: Turn, referrals: dict[int, Referral], *, sides: Sequence[str]) -> dict[int, list[TakenBack]]:
    """Undo what these sides of the referrals hold, by referral. Points by the program's policy; what was used stays."""
    if not referrals:
        return {}
    gifts = list(
        ReferralGift.objects.filter(referral__in=referrals, side__in=sides, state=ReferralGift.State.GIVEN).order_by(
            "id"
        )
    )
    taken = _take_points(turn, [gift for gift in gifts if gift.points])
    used = _withdraw(turn, [gift for gift in gifts if gift.voucher_id])
    found: dict[int, list[TakenBack]] = defaultdict(list)
    for gift in gifts:
        gift.state = ReferralGift.State.KEPT if gift.pk in used else ReferralGift.State.TAKEN_BACK
        gift.undone_at = turn.at
        if gift.pk not in used:
            referral = referrals[gift.referral_id]
            turn.count(referral, ReferralRevenue.Kind.GIFT_UNDONE, gift.cost, turn.at, gift_id=gift.pk)
        points, shortfall = taken.get(gift.pk, (0, 0))
        found[gift.referral_id].append(TakenBack(gift, points, shortfall, gift.pk in used))
    ReferralGift.objects.bulk_update(gifts, ["state", "undone_at"])
    return found


def _take_points(turn: Turn, gifts: list[ReferralGift]) -> dict[int, tuple[int, int]]:
    """By gift: the points taken and the shortfall. What expired of them counts as taken."""
    if not gifts:
        return {}
    members = {gift.member_id for gift in gifts if gift.member_id}
    batch = Batch(program=turn.program, member_ids=members, debited=members)
    causes = [Cause(SOURCE, str(gift.pk)) for gift in gifts]
    entries: dict[str, list[int]] = defaultdict(list)
    for number, cause in ledger_queries.entries_of(program=turn.program, causes=causes).values_list(
        "id", "key__external_id"
    ):
        entries[cause].append(number)
    lapsed = ledger_queries.expired_of(number for numbers in entries.values() for number in numbers)
    taken = {}
    for gift in gifts:
        own, member_id = entries[str(gift.pk)], gift.member_id or 0
        gone = sum(lapsed.get(number, 0) for number in own)
        left = gift.points - gone - batch.expired(member_id=member_id, earned=own)
        if left > 0:
            entry = batch.take_back(
                member_id=member_id,
                points=left,
                cause=Cause(UNDONE, str(gift.pk)),
                at=turn.at,
                earned=own,
                by_id=turn.by.pk if turn.by else None,
            )
            taken[gift.pk] = (-entry.points, entry.shortfall)
    sql.write(batch.steps(sql.reserve(batch.needs()), at=turn.at))
    return taken


def _withdraw(turn: Turn, gifts: list[ReferralGift]) -> set[int]:
    """The gifts whose voucher was used, and stays so."""
    if not gifts:
        return set()
    vouchers = rewards.withdraw_granted(
        program=turn.program,
        source=SOURCE,
        references=[str(gift.pk) for gift in gifts],
        at=turn.at,
        by=turn.by,
        reason=_("The friend’s purchase was refunded, or was none."),
    )
    return {int(voucher.reference) for voucher in vouchers if voucher.state == Voucher.State.USED}
