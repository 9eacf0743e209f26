from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from loyalty.ledger import operations as ledger
from rewards import registry, rules
from rewards.models import Redemption, Voucher

from .announcing import announce_redemption
from .claims import return_share, return_stock
from .errors import RewardsError
from .redeeming import cause_of


class RollBackRefused(RewardsError):
    """Somebody already has something for the points."""


@transaction.atomic
def roll_back_redemption(*, redemption: Redemption, reason: str, at: datetime, by=None) -> Redemption:
    """Undo a redemption: the points return to the lots they came from, the vouchers are withdrawn, the stock returns.

    What has lapsed meanwhile stays lapsed. A redemption that was rolled back before is returned as it is. Raises
    `RollBackRefused` when a voucher was used or is held by a sale.
    """
    found = Redemption.objects.select_for_update().get(pk=redemption.pk)
    if found.state == Redemption.State.ROLLED_BACK:
        return found
    _withdraw_vouchers(found, reason, at, by)
    if found.reward:
        return_share(found.reward, found.member_id, found.quantity)
    _give_points_back(found, reason, at, by)
    if found.reward:
        return_stock(found.reward, found.quantity)
    found.state = Redemption.State.ROLLED_BACK
    found.rolled_back_at, found.rolled_back_by, found.rolled_back_reason = at, by, reason
    found.save(update_fields=["state", "rolled_back_at", "rolled_back_by", "rolled_back_reason"])
    registry.tell_rolled_back(found, at=at, by=by)
    announce_redemption("redemption.rolled_back", found, at=at)
    return found


def _withdraw_vouchers(redemption: Redemption, reason: str, at: datetime, by) -> None:
    """Withdraw first and look afterwards: a voucher that is used at this very moment then refuses the roll-back."""
    vouchers = Voucher.objects.filter(redemption=redemption).exclude(
        state__in=[Voucher.State.WITHDRAWN, Voucher.State.EXCHANGED]
    )
    free = Q(state="unused") | Q(state="reserved", reserved_until__lte=at)
    vouchers.filter(free, uses=0).update(
        state=Voucher.State.WITHDRAWN,
        reserved_until=None,
        reserved_for="",
        withdrawn_at=at,
        withdrawn_by=by,
        withdrawn_reason=reason,
    )
    if left := vouchers.order_by("id").first():
        raise RollBackRefused(_why_not(left))


def _why_not(voucher: Voucher) -> rules.Refusal:
    if voucher.used_at is None:
        return rules.Refusal("voucher_reserved", _("A sale is holding the voucher %s right now.") % voucher)
    day = date_format(localtime(voucher.used_at, voucher.program.tzinfo), "SHORT_DATE_FORMAT")
    sentence = _("The voucher %(voucher)s was used on %(day)s: what was given cannot be taken back.")
    return rules.Refusal("voucher_used", sentence % {"voucher": voucher, "day": day})


def _give_points_back(redemption: Redemption, reason: str, at: datetime, by) -> None:
    cause = cause_of(redemption)
    ledger.undo(
        program=redemption.program,
        done=cause,
        cause=ledger.Cause("redemption_rolled_back", cause.external_id),
        at=at,
        by=by,
        reason=reason,
        currency=redemption.currency,
    )
