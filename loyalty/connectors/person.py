"""What this room keeps of a person: carts. Deliveries are known by their shop, and what they led to by its activity."""

from loyalty.connectors.models import Cart, Received
from members import registry


def register() -> None:
    registry.register("connectors", erase=erase, export=export)


def erase(*, member_ids, at, by) -> None:
    """Addresses of carts lead to what somebody wanted to buy; a delivery that still waits holds an address."""
    Cart.objects.filter(member_id__in=member_ids).update(url="", member=None)
    Received.objects.filter(member_id__in=member_ids).update(body="")


def export(*, member_ids) -> list[dict]:
    carts = Cart.objects.filter(member_id__in=member_ids).select_related("connection").order_by("pk")
    return [
        {"shop": cart.connection.name, "amount": cart.amount, "state": cart.state, "seen_at": cart.seen_at.isoformat()}
        for cart in carts
    ]
