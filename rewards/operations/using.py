from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Case, F, Value, When

from loyalty.programs.models import Program, Store
from rewards.models import Voucher, VoucherUse

from .reserving import sale_of
from .validating import find, refused, why_not


class Used(NamedTuple):
    voucher: Voucher
    use: VoucherUse
    replayed: bool


@transaction.atomic
def redeem_voucher(
    *,
    program: Program,
    code: str,
    source: str,
    external_id: str,
    store: Store | None = None,
    at: datetime,
    by=None,
    trusted: bool = False,
) -> Used:
    """Use a voucher once, for the sale (`source`, `external_id`). A retry of the same sale finds its own use.

    Raises `VoucherRefused`; of many who use the last time at once, one succeeds.
    """
    sale, holder = {"source": source, "external_id": external_id}, sale_of(source, external_id)
    voucher = find(program, code)
    refusal = why_not(voucher, store, at, holder)
    # Looked for after the state was read: a use that made it "used" a moment ago is then found, if it is this sale's.
    if earlier := VoucherUse.objects.filter(voucher=voucher, **sale).first():
        return Used(earlier.voucher, earlier, replayed=True)
    if voucher is None or refusal is not None:
        raise refused(refusal, trusted)
    use, created = VoucherUse.objects.get_or_create(
        voucher=voucher, **sale, defaults={"store": store, "used_at": at, "by": by}
    )
    if created and not _count_use(voucher, holder, at):
        raise refused(None, trusted)
    voucher.refresh_from_db()
    return Used(voucher, use, replayed=not created)


def _count_use(voucher: Voucher, holder: str, at: datetime) -> bool:
    """One conditional update decides among all who want the voucher now."""
    last = When(uses=F("uses_allowed") - 1, then=Value(Voucher.State.USED))
    usable = Voucher.objects.usable(at=at, held_for=holder).filter(pk=voucher.pk, uses__lt=F("uses_allowed"))
    changed = usable.update(
        state=Case(last, default=Value(Voucher.State.UNUSED)),
        uses=F("uses") + 1,
        used_at=at,
        reserved_until=None,
        reserved_for="",
    )
    return bool(changed)
