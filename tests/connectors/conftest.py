"""A web shop that is connected to “Les Halles”, where a euro earns a point, and what it sends."""

from datetime import UTC, datetime

import pytest
import time_machine

from loyalty.connectors.models import Connection, Received
from loyalty.connectors.operations import save_connection, work_off
from loyalty.earning.models import EarningRule
from tests.connectors import samples
from tests.listener import listening

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_euro_earns_a_point(program):
    EarningRule.objects.create(program=program, code="base", name="Base", points=1, per_amount=100, created_at=NOW)


@pytest.fixture
def connect(program):
    def connect(connector="shopify", token="", **values):
        secret = samples.PUBLIC_KEY if connector == "magento" else samples.SECRET
        row = Connection(program=program, connector=connector, name=connector.title(), **values)
        return save_connection(connection=row, secret=secret, token=token, at=NOW, by=None)

    return connect


@pytest.fixture
def deliver(client):
    """Post what a vendor sends, with its signature; then have it worked off, as the worker would."""

    def deliver(connection, payload, topic="", delivery="1", at=NOW, signed=None):
        body = payload if isinstance(payload, bytes) else samples.as_body(payload)
        headers = samples.headers(connection.connector, signed or body, topic, delivery)
        address = f"/connect/{connection.address}/"
        with time_machine.travel(at, tick=False):
            response = client.post(address, body, content_type="application/json", headers=headers)
        if response.status_code != 200:
            return response
        received = Received.objects.filter(connection=connection).order_by("pk").last()
        work_off(received_id=received.pk, at=at)
        received.refresh_from_db()
        return received

    return deliver


@pytest.fixture
def listener():
    with listening() as listener:
        yield listener
