"""A sale was undone: what its vouchers were used for never happened."""

from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from loyalty.programs.models import Program
from rewards.models import UndoneUse, Voucher, VoucherUse

from .batches import return_turn


@transaction.atomic
def give_back_vouchers(*, program: Program, source: str, external_id: str, at: datetime, by=None) -> list[Voucher]:
    """Make the uses of an undone sale (`source`, `external_id`) usable again; returns the vouchers.

    Twice changes nothing. What has expired meanwhile stays used: nobody could use it. Each use keeps its row; that it
    no longer counts is a row of its own.
    """
    unexpired = Q(voucher__expires_at__isnull=True) | Q(voucher__expires_at__gt=at)
    uses = VoucherUse.objects.filter(
        unexpired, voucher__program=program, source=source, external_id=external_id, undoing__isnull=True
    )
    # Whoever locks the vouchers first undoes them; the other then finds the uses undone.
    ids = sorted(uses.values_list("voucher_id", flat=True))
    vouchers = list(Voucher.objects.filter(pk__in=ids).order_by("id").select_for_update())
    undone = [
        UndoneUse(use=use, undone_at=at, by=by) for use in uses.filter(voucher__in=vouchers).select_related("voucher")
    ]
    UndoneUse.objects.bulk_create(undone)
    for undoing in undone:
        if undoing.use.voucher.batch_id is not None:
            return_turn(undoing.use)
    _count_less([undoing.use.voucher_id for undoing in undone])
    return list(Voucher.objects.filter(pk__in=[undoing.use.voucher_id for undoing in undone]).order_by("id"))


def _count_less(voucher_ids: list[int]) -> None:
    """A withdrawn voucher stays withdrawn, and one that another sale holds stays held."""
    Voucher.objects.filter(pk__in=voucher_ids).update(
        uses=F("uses") - 1,
        state=Case(When(state=Voucher.State.USED, then=Value(Voucher.State.UNUSED)), default=F("state")),
        used_at=Case(When(uses=1, then=Value(None)), default=F("used_at")),
    )
