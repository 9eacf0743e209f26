"""What other rooms may ask about webhooks. Nothing here writes."""

from datetime import datetime

from loyalty.webhooks import payloads
from loyalty.webhooks.kinds import KINDS
from loyalty.webhooks.models import Delivery, Endpoint


def endpoints_with_work(*, at: datetime) -> list[int]:
    due = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=at, endpoint__is_active=True)
    return list(due.order_by("endpoint").values_list("endpoint", flat=True).distinct())


def endpoints_of(*, partner) -> list[Endpoint]:
    return list(Endpoint.objects.filter(partner=partner).order_by("pk"))


def examples(*, at: datetime) -> list[tuple[str, dict]]:
    """Every kind of event with what is sent for it."""
    return [(kind, payloads.content(payloads.example(kind, at))) for kind in KINDS]
