from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext as _

from loyalty.programs.models import Program, Store
from rewards import discounting, rules
from rewards.models import Voucher, VoucherUse
from rewards.terms import use_terms

from .announcing import announce_uses
from .batches import take_turn
from .errors import RewardsError
from .reserving import sale_of
from .validating import Sale, VoucherRefused, find, known, refused, valued, why_not


class Used(NamedTuple):
    """`worth` is what the voucher takes off the sale, in minor units; None where no basket was told."""

    voucher: Voucher
    use: VoucherUse
    replayed: bool
    worth: int | None


def redeem_voucher(
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
    by=None,
    trusted: bool = False,
) -> Used:
    """Use a voucher once, for the sale (`source`, `external_id`); see `use_vouchers`."""
    return use_vouchers(
        program=program,
        codes=[code],
        amount=amount,
        lines=lines,
        member_id=member_id,
        source=source,
        external_id=external_id,
        store=store,
        at=at,
        by=by,
        trusted=trusted,
    )[0]


@transaction.atomic
def use_vouchers(
    *,
    program: Program,
    codes: Sequence[str],
    amount: int | None = None,
    lines: Sequence[rules.Line] = (),
    member_id: int | None = None,
    source: str,
    external_id: str,
    store: Store | None = None,
    at: datetime,
    by=None,
    trusted: bool = False,
) -> list[Used]:
    """Use each voucher once for the sale (`source`, `external_id`), all of them or none; in the order of the codes.

    `amount` is what is due for everything before vouchers, in minor units; `lines` are the articles. Vouchers that the
    same sale used before count beside these, and a retry of the same sale finds its own uses. Raises `VoucherRefused`;
    of many who use the last time at once, one succeeds.
    """
    sale = Sale(
        program, at, source, external_id, store, amount, lines, member_id, trusted, sale_of(source, external_id)
    )
    vouchers = [find(program, code) for code in codes]
    refusals = [why_not(voucher, sale) for voucher in vouchers]
    # Looked for after the states were read: what this sale used a moment ago is then found.
    earlier = {use.voucher_id: use for use in _uses_of(sale)}
    fresh = [
        (voucher, refusal)
        for voucher, refusal in zip(vouchers, refusals, strict=True)
        if voucher is None or voucher.pk not in earlier
    ]
    wanted = known([voucher for voucher, _why in fresh], [why for _voucher, why in fresh], sale)
    _check_basket(wanted, sale)
    worths = {each.voucher.pk: each.worth for each in valued(wanted, sale, list(earlier.values()))}
    # In the order of their ids, so that two sales with the same vouchers do not wait for each other.
    used = {voucher.pk: _use(voucher, worths[voucher.pk], sale, by) for voucher in sorted(wanted, key=_key)}
    announce_uses(program, [each.use for each in used.values() if not each.replayed], at=at)
    used |= {key: Used(use.voucher, use, True, use.worth) for key, use in earlier.items()}
    return [used[voucher.pk] for voucher in vouchers if voucher is not None]


def _key(voucher: Voucher) -> int:
    return voucher.pk


def _uses_of(sale: Sale) -> list[VoucherUse]:
    uses = VoucherUse.objects.filter(
        voucher__program=sale.program, source=sale.source, external_id=sale.external_id
    ).select_related("voucher__reward", "undoing")
    for use in uses:
        if hasattr(use, "undoing"):
            raise VoucherRefused(
                rules.Refusal(rules.Code.SALE_UNDONE, _("This sale was undone: its vouchers were given back."))
            )
    return list(uses)


def _check_basket(vouchers: Sequence[Voucher], sale: Sale) -> None:
    if sale.basket is None and any(use_terms(voucher).needs_basket for voucher in vouchers):
        raise VoucherRefused(discounting.basket_needed())


def _use(voucher: Voucher, worth: int | None, sale: Sale, by) -> Used:
    use, created = VoucherUse.objects.get_or_create(
        voucher=voucher,
        source=sale.source,
        external_id=sale.external_id,
        defaults={"store": sale.store, "member_id": sale.member_id, "worth": worth, "used_at": sale.at, "by": by},
    )
    if created and not _count_use(voucher, sale.held_for, sale.at):
        raise refused(None, sale.trusted)
    if created:
        _take_turn(voucher, sale)
    voucher.refresh_from_db()
    return Used(voucher, use, not created, use.worth)


def _take_turn(voucher: Voucher, sale: Sale) -> None:
    try:
        take_turn(voucher, sale.member_id)
    except RewardsError:
        raise refused(None, sale.trusted) from None


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
