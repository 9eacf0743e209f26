from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from rewards import rules
from rewards.models import Voucher

from .validating import VoucherRefused


def withdraw_voucher(*, voucher: Voucher, reason: str, at: datetime, by=None) -> Voucher:
    """Take a voucher out of circulation, reserved or not; nothing is given back for it. Twice changes nothing.

    Of one that was exchanged, what it was exchanged for is taken, as far as it is unused. Raises
    `VoucherRefused` when every use has been made.
    """
    both = Voucher.objects.filter(Q(pk=voucher.pk) | Q(origin=voucher.pk))
    both.filter(state__in=[Voucher.State.UNUSED, Voucher.State.RESERVED]).update(
        state=Voucher.State.WITHDRAWN,
        reserved_until=None,
        reserved_for="",
        withdrawn_at=at,
        withdrawn_by=by,
        withdrawn_reason=reason,
    )
    voucher.refresh_from_db()
    if voucher.state == Voucher.State.USED:
        raise VoucherRefused(rules.Refusal(rules.Code.USED, _("This voucher was used before.")))
    return voucher
