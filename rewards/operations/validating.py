from datetime import datetime

from django.utils.translation import gettext as _

from loyalty.lib import codes
from loyalty.programs.models import Program, Store
from rewards import rules
from rewards.models import Voucher

from .errors import RewardsError


class VoucherRefused(RewardsError):
    """This code cannot be used now. Only a trusted caller is told why."""


def validate_voucher(
    *, program: Program, code: str, store: Store | None = None, at: datetime, held_for: str = "", trusted: bool = False
) -> Voucher:
    """The voucher behind a code, if it can be used now; by the sale that it is `held_for`, where it is reserved.

    An untrusted caller hears the same words for unknown, used, reserved, expired and refused here, so that nobody
    learns codes by trying. Writes nothing; raises `VoucherRefused`.
    """
    voucher = find(program, code)
    refusal = why_not(voucher, store, at, held_for)
    if voucher is None or refusal is not None:
        raise refused(refusal, trusted)
    return voucher


def refused(refusal: rules.Refusal | None, trusted: bool) -> VoucherRefused:
    if trusted and refusal is not None:
        return VoucherRefused(refusal)
    return VoucherRefused(rules.Refusal("not_usable", _("This code cannot be used.")))


def find(program: Program, code: str) -> Voucher | None:
    typed = codes.normalise(code)
    if not codes.is_valid(typed):
        return None
    return Voucher.objects.select_related("reward").filter(program=program, code=typed).first()


def why_not(voucher: Voucher | None, store: Store | None, at: datetime, held_for: str) -> rules.Refusal | None:
    if voucher is None:
        return rules.Refusal("unknown", _("This code is unknown."))
    refusal = rules.voucher_refusal(
        rules.VoucherTerms(voucher.state, voucher.expires_at, voucher.reserved_until, voucher.reserved_for),
        at=at,
        held_for=held_for,
    )
    if refusal is None and voucher.reward and not rules.store_honours(set(voucher.reward.stores.all()), store):
        return rules.Refusal(rules.Code.WRONG_STORE, _("This voucher is not accepted in this store."))
    return refusal
