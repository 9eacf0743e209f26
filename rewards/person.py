"""What rewards do when two members become one, when one is forgotten, and when one asks for everything.

Vouchers, promised rewards and gift cards follow the person; so do redemptions, since a limit per member counts them.
What the month issued stays where it was issued.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from members import registry
from members.models import Member
from rewards.models import BatchUsage, Entitlement, GiftCard, Redemption, RewardUsage, Voucher

NAME = "rewards"
FOLLOWING = {"vouchers": Voucher, "redemptions": Redemption, "entitlements": Entitlement, "gift_cards": GiftCard}


def merge(*, keep: Member, absorb: Member, merge_id: int, at: datetime, by) -> dict[str, list[int]]:
    moved = {}
    for name, model in FOLLOWING.items():
        rows = model._default_manager.filter(member=absorb)
        moved[name] = list(rows.order_by("pk").values_list("pk", flat=True))
        rows.update(member=keep)
    _count(Redemption.objects.filter(pk__in=moved["redemptions"]), giver=absorb, taker=keep)
    _count_batches(keep, absorb)
    return moved


def unmerge(*, keep: Member, absorb: Member, moved: dict[str, list[int]], merge_id: int, at: datetime, by) -> None:
    """Each goes back in the state that it has by now: a voucher used meanwhile is a used voucher."""
    redemptions = Redemption.objects.filter(member=keep, pk__in=moved["redemptions"])
    _count(redemptions, giver=keep, taker=absorb)
    for name, model in FOLLOWING.items():
        model._default_manager.filter(member=keep, pk__in=moved.get(name, [])).update(member=absorb)


def _count(redemptions: QuerySet[Redemption], *, giver: Member, taker: Member) -> None:
    """What was taken of each reward is counted with whoever has the redemptions now."""
    taken: Counter[int] = Counter()
    done = redemptions.filter(state=Redemption.State.DONE, reward__isnull=False)
    for reward_id, quantity in done.values_list("reward", "quantity"):
        taken[reward_id] += quantity
    for reward_id, quantity in sorted(taken.items()):
        RewardUsage.objects.get_or_create(reward_id=reward_id, member=taker)
        RewardUsage.objects.filter(reward=reward_id, member=taker).update(taken=F("taken") + quantity)
        counted = RewardUsage.objects.filter(reward=reward_id, member=giver, taken__gte=quantity)
        counted.update(taken=F("taken") - quantity)


def _count_batches(keep: Member, absorb: Member) -> None:
    """Who has used a code of an offer that is for once per member has used it under both names."""
    used = list(BatchUsage.objects.filter(member=absorb, taken=True).values_list("batch", flat=True))
    BatchUsage.objects.bulk_create([BatchUsage(batch_id=each, member=keep) for each in used], ignore_conflicts=True)
    BatchUsage.objects.filter(batch__in=used, member=keep).update(taken=True)


def erase(*, member_ids: list[int], at: datetime, by) -> None:
    """Nobody is left to use what is unused; what was used explains money and stays."""
    open_ones = Voucher.objects.filter(Q(state="unused") | Q(state="reserved"), member__in=member_ids)
    open_ones.update(
        state=Voucher.State.WITHDRAWN,
        reserved_until=None,
        reserved_for="",
        withdrawn_at=at,
        withdrawn_by=by,
        withdrawn_reason=_("The member’s data were erased."),
    )


def export(*, member_ids: list[int]) -> dict[str, Any]:
    vouchers = Voucher.objects.filter(member__in=member_ids).order_by("pk")
    redemptions = Redemption.objects.filter(member__in=member_ids).order_by("pk")
    gift_cards = GiftCard.objects.filter(member__in=member_ids).order_by("pk")
    return {
        "gift_cards": [
            {
                "program": card.program.code,
                "code": card.code,
                "balance": card.balance,
                "state": card.state,
                "registered_at": card.registered_at.isoformat() if card.registered_at else None,
                "expires_at": card.expires_at.isoformat() if card.expires_at else None,
            }
            for card in gift_cards.select_related("program")
        ],
        "vouchers": [
            {
                "program": voucher.program.code,
                "code": voucher.code,
                "reward": voucher.reward.code if voucher.reward else None,
                "value": voucher.value,
                "state": voucher.state,
                "issued_at": voucher.issued_at.isoformat(),
                "expires_at": voucher.expires_at.isoformat() if voucher.expires_at else None,
            }
            for voucher in vouchers.select_related("program", "reward")
        ],
        "redemptions": [
            {
                "program": redemption.program.code,
                "reward": redemption.reward.code if redemption.reward else None,
                "quantity": redemption.quantity,
                "points": redemption.points,
                "value": redemption.value,
                "state": redemption.state,
                "store": redemption.store.code if redemption.store else None,
                "redeemed_at": redemption.redeemed_at.isoformat(),
            }
            for redemption in redemptions.select_related("program", "reward", "store")
        ],
    }


def register() -> None:
    registry.register(NAME, merge=merge, unmerge=unmerge, erase=erase, export=export)
