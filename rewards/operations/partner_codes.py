"""Codes of a partner's own system: added to a reward's pool, handed out with its vouchers."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from rewards import rules
from rewards.models import PartnerCode, Reward, Voucher

from .errors import RewardsError

TOGETHER = 1_000
LONGEST = 60


@transaction.atomic
def add_partner_codes(*, reward: Reward, codes: Sequence[str], at: datetime, by=None) -> int:
    """Put a partner's codes into the pool of his reward, whose stock grows by as many; those known before are passed
    over. Returns how many are new. Raises `RewardsError` for a reward that is no partner's, or a code too long.
    """
    if reward.kind != Reward.Kind.PARTNER:
        raise RewardsError(rules.Refusal("not_a_partners", _("Only a partner’s reward takes a partner’s codes.")))
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    if long := next((code for code in wanted if len(code) > LONGEST), None):
        sentence = _("“%(code)s” is longer than %(longest)d characters.") % {"code": long, "longest": LONGEST}
        raise RewardsError(rules.Refusal("code_too_long", sentence))
    held = Reward.objects.select_for_update().get(pk=reward.pk)  # the pool and its count change together
    known = set(PartnerCode.objects.filter(reward=held, code__in=wanted).values_list("code", flat=True))
    fresh = [PartnerCode(reward=held, code=code, added_at=at) for code in wanted if code not in known]
    if not fresh:
        return 0
    PartnerCode.objects.bulk_create(fresh, batch_size=TOGETHER)
    had_some = PartnerCode.objects.filter(reward=held).count() > len(fresh)
    stock = Coalesce(F("stock"), Value(0)) if had_some else Value(0)
    Reward.objects.filter(pk=held.pk).update(stock=stock + len(fresh))
    return len(fresh)


def has_pool(reward: Reward) -> bool:
    return reward.kind == Reward.Kind.PARTNER and PartnerCode.objects.filter(reward=reward).exists()


def hand_out(reward: Reward, vouchers: Sequence[Voucher]) -> None:
    """A code of the pool with each voucher. Their stock has been taken, which holds the pool until the commit."""
    if not vouchers or not has_pool(reward):
        return
    free = PartnerCode.objects.filter(reward=reward, voucher__isnull=True).order_by("id")[: len(vouchers)]
    codes = list(free)
    for code, voucher in zip(codes, vouchers, strict=True):
        code.voucher = voucher
    PartnerCode.objects.bulk_update(codes, ["voucher"], batch_size=TOGETHER)
