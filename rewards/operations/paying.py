from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.ledger.currencies import Currency
from loyalty.programs.models import Program, Store
from rewards import registry, rules
from rewards.models import Redemption
from rewards.queries import quote_points

from .errors import ReferenceReused, RewardsError
from .redeeming import debit
from .standing import check_member


class PaymentRefused(RewardsError):
    """Points cannot pay for this basket, or not as many as asked for."""


class Payment(NamedTuple):
    """`points` were debited and pay `value` (minor units) of the basket."""

    redemption: Redemption
    points: int
    value: int
    replayed: bool


@transaction.atomic
def pay_with_points(
    *,
    program: Program,
    member_id: int,
    amount: int,
    lines: Sequence[rules.Line] = (),
    points: int | None = None,
    source: str,
    external_id: str,
    store: Store | None = None,
    at: datetime,
    by=None,
    currency: str = Currency.POINTS,
) -> Payment:
    """Debit points for a basket of `amount` (minor units) and return what they pay; of cash-back, minor units.

    With `points` exactly those are used or the payment is refused, so that nobody pays less than the till showed;
    without, as many as the rules allow. A retry of the same `source` and `external_id` returns the first result.
    Raises `MemberRefused`, `PaymentRefused`, `ReferenceReused`, or the ledger's `InsufficientPoints`.
    """
    reference = {"program": program, "source": source, "external_id": external_id}
    offer = quote_points(
        program=program,
        member_id=member_id,
        amount=amount,
        lines=lines,
        store=store,
        at=at,
        wanted=points,
        currency=currency,
    )
    # Looked for after the balance was read: what spent it a moment ago is then found, if it is this retry's.
    if earlier := Redemption.objects.filter(**reference).first():
        return _replay(earlier, member_id, points, currency)
    check_member(program, member_id)
    _check(offer, points)
    redemption, created = Redemption.objects.get_or_create(
        **reference,
        defaults={
            "member_id": member_id,
            "burn_rule_id": offer.rule_id,
            "points": offer.points,
            "currency": currency,
            "value": offer.value,
            "store": store,
            "redeemed_at": at,
            "by": by,
        },
    )
    if not created:
        return _replay(redemption, member_id, points, currency)
    registry.tell_redeemed(redemption, at=at, by=by)
    debit(redemption, program, at, by)
    return Payment(redemption, offer.points, offer.value, replayed=False)


def _check(offer: rules.Quote, points: int | None) -> None:
    if offer.refusal is not None:
        raise PaymentRefused(offer.refusal)
    if points is not None and points != offer.points:
        sentence = _("%(asked)d points were asked for and %(usable)d can be used for this basket.")
        raise PaymentRefused(rules.Refusal("not_usable", sentence % {"asked": points, "usable": offer.points}))


def _replay(earlier: Redemption, member_id: int, points: int | None, currency: str) -> Payment:
    same = earlier.burn_rule_id is not None and (earlier.member_id, earlier.currency) == (member_id, currency)
    if not same or points not in (None, earlier.points):
        raise ReferenceReused(earlier.source, earlier.external_id)
    return Payment(earlier, earlier.points, earlier.value or 0, replayed=True)
