"""A shop that is connected, and an order of it that waits for its member."""

from loyalty.connectors.models import Connection
from loyalty.connectors.operations import save_connection


def connected(program, at):
    """Both rows."""
    shop = Connection(
        program=program, connector="shopify", name="Xq", api_url="https://xq.example", sends_vouchers=True
    )
    save_connection(connection=shop, secret="secret", token="token", at=at, by=None)
    waits = {"state": "waiting", "code": "member_unknown", "body": "{}", "received_at": at, "due_at": at}
    return shop, shop.received.create(delivery_id="Xq", digest="Xq", topic="Xq", **waits)
