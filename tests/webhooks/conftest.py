"""“Hotel” knows Ana; a listener on this machine stands for its server. Time is what a test says."""

from datetime import UTC, datetime

import pytest

from loyalty.events.operations import emit, publish
from loyalty.webhooks.models import Delivery
from loyalty.webhooks.operations import add_endpoint, deliver, fan_out
from tests.listener import listening

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def listener():
    with listening() as listener:
        yield listener


@pytest.fixture
def endpoint(listener):
    def endpoint(partner=None, **values):
        given = {"name": "Xq", "url": f"{listener.url}/hooks", "at": NOW, "by": None} | values
        return add_endpoint(partner=partner, **given)

    return endpoint


@pytest.fixture
def happen(program):
    """Something that happened to a member, as its room writes it into the outbox."""

    def happen(member, kind="tier.changed", at=NOW, **payload):
        payload = payload or {"from": "silver", "to": "gold", "reason": "up", "activity": 5}
        values = {"program_code": program.code, "member_id": member.pk, "payload": payload}
        return emit(kind=kind, occurred_at=at, recorded_at=at, **values)

    return happen


@pytest.fixture
def tell():
    """What the clock does: number, fan out, deliver to each endpoint that has work."""

    def tell(at=NOW):
        publish()
        while fan_out(at=at):
            pass
        ids = Delivery.objects.filter(state="waiting").values_list("endpoint", flat=True).distinct()
        return sum(deliver(endpoint_id=endpoint_id, at=at) for endpoint_id in list(ids))

    return tell
