from datetime import datetime, timedelta

from django.db import transaction

from loyalty.lib import codes
from loyalty.programs.models import Program, Store
from rewards.models import Voucher

from .validating import refused, validate_voucher

HOLD = timedelta(minutes=15)
FREE = {"state": Voucher.State.UNUSED, "reserved_until": None, "reserved_for": ""}


@transaction.atomic
def reserve_voucher(
    *,
    program: Program,
    code: str,
    source: str,
    external_id: str,
    store: Store | None = None,
    at: datetime,
    hold: timedelta = HOLD,
    trusted: bool = False,
) -> Voucher:
    """Hold a voucher for one sale (`source`, `external_id`) until `at + hold`; the same sale may ask again.

    Raises `VoucherRefused`; of many who ask at once, one gets it.
    """
    holder = sale_of(source, external_id)
    voucher = validate_voucher(program=program, code=code, store=store, at=at, held_for=holder, trusted=trusted)
    changes = {"state": Voucher.State.RESERVED, "reserved_until": at + hold, "reserved_for": holder}
    if not Voucher.objects.usable(at=at, held_for=holder).filter(pk=voucher.pk).update(**changes):
        raise refused(None, trusted)
    voucher.refresh_from_db()
    return voucher


def release_voucher(*, program: Program, code: str, source: str, external_id: str) -> bool:
    """Give up a reservation; only the sale that holds it can. False where there was none, which harms nobody."""
    held = Voucher.objects.filter(program=program, code=codes.normalise(code), state=Voucher.State.RESERVED)
    return bool(held.filter(reserved_for=sale_of(source, external_id)).update(**FREE))


def release_lapsed_reservations(*, at: datetime) -> int:
    """Mark as unused what no sale holds any longer. Such vouchers are usable before this has run, too."""
    return Voucher.objects.lapsed_reservations(at=at).update(**FREE)


def sale_of(source: str, external_id: str) -> str:
    return f"{source}:{external_id}"
