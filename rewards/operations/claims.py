"""What several members may want at once: the stock of a reward, and each member's share of it.

Each claim is one conditional update, so that the database says who came first. Whoever comes too late gets the
refusal of the state as it is then.
"""

from django.db.models import F

from rewards import rules
from rewards.models import Reward, RewardUsage

from .errors import RewardsError
from .partner_codes import has_pool


def take_stock(reward: Reward, quantity: int) -> None:
    """Take `quantity` from the stock, or raise `RewardsError`. A reward without stock is endless."""
    if reward.stock is None:
        return
    rows = Reward.objects.filter(pk=reward.pk)
    if not rows.filter(stock__gte=quantity).update(stock=F("stock") - quantity):
        raise RewardsError(rules.out_of_stock(rows.values_list("stock", flat=True).get() or 0))


def return_stock(reward: Reward, quantity: int) -> None:
    """A partner's code that went out does not come back, so neither does its place in the stock."""
    if has_pool(reward):
        return
    Reward.objects.filter(pk=reward.pk, stock__isnull=False).update(stock=F("stock") + quantity)


def take_share(reward: Reward, member_id: int, quantity: int) -> None:
    """Count `quantity` for the member, or raise `RewardsError` at the limit. Counted always: a limit may come later."""
    RewardUsage.objects.bulk_create([RewardUsage(reward=reward, member_id=member_id)], ignore_conflicts=True)
    usage, limit = RewardUsage.objects.filter(reward=reward, member_id=member_id), reward.per_member_limit
    if limit is not None:
        usage = usage.filter(taken__lte=limit - quantity)
    if not usage.update(taken=F("taken") + quantity):
        raise RewardsError(rules.limit_reached(limit or 0))


def return_share(reward: Reward, member_id: int, quantity: int) -> None:
    RewardUsage.objects.filter(reward=reward, member_id=member_id).update(taken=F("taken") - quantity)
