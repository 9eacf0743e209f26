"""What lets a form be sent after it was confirmed: a signed word of who was shown it, at which till, and when.

A ticket is good for one form, by its key. It is no session: whoever sends it is signed in at the same till, be it
somebody else by then.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.core import signing

SALT = "counter.ticket"


@dataclass(frozen=True, slots=True)
class Ticket:
    key: UUID
    clerk_id: int
    device_id: int
    drawn_at: datetime


def draw(*, key: UUID, till) -> str:
    return signing.dumps([key.hex, till.user.pk, till.device.pk, int(till.now.timestamp())], salt=SALT)


def read(text: str) -> Ticket | None:
    try:
        key, clerk_id, device_id, drawn = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return Ticket(UUID(key), clerk_id, device_id, datetime.fromtimestamp(drawn, UTC))
