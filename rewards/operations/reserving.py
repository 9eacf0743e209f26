from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from loyalty.lib.codes import normalise
from loyalty.programs.models import Program, Store
from rewards import rules
from rewards.models import Voucher

from .validating import Valued, refused, validate_vouchers

HOLD = timedelta(minutes=15)
FREE = {"state": Voucher.State.UNUSED, "reserved_until": None, "reserved_for": ""}


def reserve_voucher(
    *,
    program: Program,
    code: str,
    source: str,
    external_id: str,
    store: Store | None = None,
    amount: int | None = None,
    lines: Sequence[rules.Line] = (),
    member_id: int | None = None,
    at: datetime,
    hold: timedelta = HOLD,
    trusted: bool = False,
) -> Valued:
    """Hold a voucher for one sale (`source`, `external_id`); see `reserve_vouchers`."""
    return reserve_vouchers(
        program=program,
        codes=[code],
        source=source,
        external_id=external_id,
        store=store,
        amount=amount,
        lines=lines,
        member_id=member_id,
        at=at,
        hold=hold,
        trusted=trusted,
    )[0]


@transaction.atomic
def reserve_vouchers(
    *,
    program: Program,
    codes: Sequence[str],
    source: str,
    external_id: str,
    store: Store | None = None,
    amount: int | None = None,
    lines: Sequence[rules.Line] = (),
    member_id: int | None = None,
    at: datetime,
    hold: timedelta = HOLD,
    trusted: bool = False,
) -> list[Valued]:
    """Hold vouchers for one sale until `at + hold`, all of them or none, each with what it would take off the basket.

    The same sale may ask again, for these or more. Raises `VoucherRefused`; of many who ask at once, one gets them.
    """
    holder = sale_of(source, external_id)
    held = validate_vouchers(
        program=program,
        codes=codes,
        store=store,
        amount=amount,
        lines=lines,
        member_id=member_id,
        at=at,
        held_for=holder,
        trusted=trusted,
    )
    changes = {"state": Voucher.State.RESERVED, "reserved_until": at + hold, "reserved_for": holder}
    for voucher in sorted((each.voucher for each in held), key=lambda voucher: voucher.pk):
        if not Voucher.objects.usable(at=at, held_for=holder).filter(pk=voucher.pk).update(**changes):
            raise refused(None, trusted)
        voucher.refresh_from_db()
    return held


def release_voucher(*, program: Program, code: str, source: str, external_id: str) -> bool:
    """Give up a reservation; only the sale that holds it can. False where there was none, which harms nobody."""
    return bool(_held(program, source, external_id).filter(code=normalise(code)).update(**FREE))


def release_vouchers(*, program: Program, source: str, external_id: str) -> int:
    """Give up everything that the sale holds: it was broken off. Returns how many vouchers that were."""
    return _held(program, source, external_id).update(**FREE)


def release_lapsed_reservations(*, at: datetime) -> int:
    """Mark as unused what no sale holds any longer. Such vouchers are usable before this has run, too."""
    return Voucher.objects.lapsed_reservations(at=at).update(**FREE)


def sale_of(source: str, external_id: str) -> str:
    return f"{source}:{external_id}"


def _held(program: Program, source: str, external_id: str):
    held = Voucher.objects.filter(program=program, state=Voucher.State.RESERVED)
    return held.filter(reserved_for=sale_of(source, external_id))
