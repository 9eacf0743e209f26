from datetime import datetime

from django.db import transaction

from loyalty.connectors import rules
from loyalty.connectors.models import Cart
from loyalty.events.operations import Happening, emit_many

TOGETHER = 500


@transaction.atomic
def announce_abandoned(*, at: datetime) -> int:
    """Carts that nobody has touched for an hour: an event for each, once. What is made of it is campaigns' to say."""
    left = Cart.objects.select_for_update(skip_locked=True).filter(
        state=Cart.State.OPEN, seen_at__lt=at - rules.ABANDONED_AFTER, member__isnull=False
    )
    carts = list(left.order_by("seen_at", "pk")[:TOGETHER])
    programs = _programs(carts)
    emit_many(_announcement(cart, programs[cart.connection_id], at) for cart in carts)
    return Cart.objects.filter(pk__in=[cart.pk for cart in carts]).update(state=Cart.State.ABANDONED)


def _programs(carts: list[Cart]) -> dict[int, tuple[str, str]]:
    known = Cart.objects.filter(pk__in=[cart.pk for cart in carts])
    columns = ("connection_id", "connection__program__code", "connection__program__money_currency")
    return {connection: (code, money) for connection, code, money in known.values_list(*columns)}


def _announcement(cart: Cart, program: tuple[str, str], at: datetime) -> Happening:
    code, currency = program
    return Happening(
        kind="cart.abandoned",
        program_code=code,
        member_id=cart.member_id,
        occurred_at=cart.seen_at,
        recorded_at=at,
        payload={"cart": cart.pk, "amount": cart.amount, "currency": currency, "url": cart.url},
    )
