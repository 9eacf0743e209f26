from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from rewards import rules
from rewards.models import Reward, Voucher

from .claims import take_stock
from .issuing import issue_part
from .validating import VoucherRefused


@transaction.atomic
def choose(*, voucher: Voucher, reward: Reward, at: datetime, by=None) -> list[Voucher]:
    """Exchange a voucher of “one of several” for the chosen part; returns its vouchers, valid from now.

    Asked for the same again it returns the same. Raises `VoucherRefused` for a voucher that has been exchanged for
    another, cannot be used, or has no such part; `RewardsError` where the chosen part is out of stock.
    """
    held = Voucher.objects.select_for_update(of=("self",)).select_related("program", "reward").get(pk=voucher.pk)
    if held.reward is None or held.reward.kind != Reward.Kind.CHOICE:
        raise VoucherRefused(rules.Refusal(rules.Code.NOT_A_PART, _("There is nothing to choose.")))
    part = held.reward.items.filter(item=reward).select_related("item").first()
    if part is None:
        raise VoucherRefused(rules.Refusal(rules.Code.NOT_A_PART, _("This reward is not among the choices.")))
    if held.state == Voucher.State.EXCHANGED:
        chosen = list(Voucher.objects.filter(origin=held, reward=reward).order_by("id"))
        if chosen:
            return chosen
    terms = rules.VoucherTerms(held.state, held.expires_at, held.reserved_until, held.reserved_for)
    if refusal := rules.voucher_refusal(terms, at=at):
        raise VoucherRefused(refusal)
    take_stock(part.item, part.quantity)
    Voucher.objects.filter(pk=held.pk).update(state=Voucher.State.EXCHANGED, reserved_until=None, reserved_for="")
    return issue_part(held.program, part, [held], at, by)
