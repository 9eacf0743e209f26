"""The other system's own API, as a function: `ask(method, path, data=None)` gives what it answers, JSON read."""

import json
from typing import Any

from loyalty.connectors import catalogue
from loyalty.connectors.facts import Ask, Refusal
from loyalty.connectors.models import Connection
from loyalty.lib.outbound import Answer, NotReached, send

BUSY = 429


def asker(connection: Connection) -> Ask:
    """Asking raises `Refusal` where the answer is no, and `NotReached` where another try may help."""
    connector = catalogue.find(connection.connector)
    speaker = getattr(connector, "discounts", connector)
    headers = speaker.headers(connection.api_user, connection.token)
    headers |= {"Content-Type": "application/json", "Accept": "application/json"}
    base = connection.api_url.rstrip("/")

    def ask(method: str, path: str, data: Any = None) -> Any:
        body = json.dumps(data).encode() if data is not None else b""
        return _understood(send(method, base + path, body=body, headers=headers))

    return ask


def _understood(answer: Answer) -> Any:
    if answer.status == BUSY or answer.status >= 500:
        raise NotReached("busy", str(answer.status))
    said = answer.json()
    if not answer.is_success:
        code = said.get("code") if isinstance(said, dict) else None
        raise Refusal(str(code or answer.status))
    return said
