"""What is sent for an event: in Standard Webhooks' form for partners, in Segment's for the marketing stack.

A partner's members have the identifiers under which the partner knows them; nothing in a payload leads to another's.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from standardwebhooks import Webhook

from loyalty.partners.queries import named
from loyalty.webhooks.kinds import ABOUT_A_PERSON, KINDS, NAMED, TEST, facts

LIBRARY = {"library": {"name": "loyalty-back-office", "version": "1"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as others hear of it. `member` is the listener's own identifier; `traits` say who it is."""

    message_id: str
    kind: str
    program: str
    occurred_at: datetime
    payload: dict[str, Any]
    member: str = ""
    traits: dict[str, Any] | None = None


def readable(payload: dict[str, Any], *, program: str, source: str = "") -> dict[str, Any]:
    """What happened, for whoever sends under this source: what it recorded itself has the identifier that it knows."""
    others = {name: value for name, value in payload.items() if name not in NAMED}
    if not source or payload.get("source") != source or "external_id" not in payload:
        return others
    return others | {name: named(program, payload["external_id"]) for name in NAMED if name in payload}


@dataclass(frozen=True, slots=True)
class Letter:
    body: bytes
    headers: dict[str, str]


def standard(told: Told, *, secrets: Sequence[str], at: datetime) -> Letter:
    """Signed by each of the secrets, so that either end may change over when it likes. `at` is in UTC."""
    body = json.dumps(content(told), cls=DjangoJSONEncoder)
    signatures = [Webhook(secret).sign(told.message_id, at, body) for secret in secrets]
    headers = {
        "Content-Type": "application/json",
        "webhook-id": told.message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return Letter(body.encode(), headers)


def content(told: Told) -> dict[str, Any]:
    known = facts(told.kind, told.payload) if told.kind in KINDS else told.payload
    who = {"member": told.member} if told.member else {}
    data = {"program": told.program, **who, **known}
    return {"type": told.kind, "timestamp": told.occurred_at.isoformat(), "data": data}


def segment(told: Told, *, key: str) -> Letter:
    """A batch of `track`, and before it `identify` where the event says something about the person."""
    common = {"userId": told.member, "timestamp": told.occurred_at.isoformat(), "context": LIBRARY}
    name = KINDS[told.kind].track if told.kind in KINDS else "Test"
    known = facts(told.kind, told.payload) if told.kind in KINDS else told.payload
    track = {"type": "track", "messageId": told.message_id, "event": name}
    track |= {"properties": {"program": told.program, **known}} | common
    batch = [track]
    if told.traits is not None:
        identify = {"type": "identify", "messageId": f"{told.message_id}-who", "traits": told.traits}
        batch.insert(0, identify | common)
    body = json.dumps({"batch": batch}, cls=DjangoJSONEncoder).encode()
    authorization = "Basic " + b64encode(f"{key}:".encode()).decode()
    return Letter(body, {"Content-Type": "application/json", "Authorization": authorization})


def needs_traits(kind: str) -> bool:
    return kind in ABOUT_A_PERSON


def example(kind: str, at: datetime) -> Told:
    """What an event of the kind looks like."""
    payload = KINDS[kind].facts if kind in KINDS else {"message": "It works."}
    member = "" if kind == TEST else "0b9e7c1a-53a7-4d83-9f57-6a2f3f0c9f10"
    return Told(
        message_id="evt_1", kind=kind, program="les-halles", occurred_at=at, payload=dict(payload), member=member
    )
