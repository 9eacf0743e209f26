"""A shop that is connected, with an order that waits for its member; an endpoint that is told of things."""

from loyalty.connectors.models import Connection
from loyalty.connectors.operations import save_connection
from loyalty.webhooks.operations import add_endpoint


def connected(program, at):
    """The rows that have verbs."""
    shop = Connection(
        program=program, connector="shopify", name="Xq", api_url="https://xq.example", sends_vouchers=True
    )
    save_connection(connection=shop, secret="secret", token="token", at=at, by=None)
    waits = {"state": "waiting", "code": "member_unknown", "body": "{}", "received_at": at, "due_at": at}
    received = shop.received.create(delivery_id="Xq", digest="Xq", topic="Xq", **waits)
    return shop, received, add_endpoint(name="Xq", url="https://xq.example", at=at, by=None)
