"""What campaigns do when one member is forgotten, and when one asks for everything.

A message stays with whoever it was written to: what a merged member was told is told. One that was queued for a member
who is merged or erased is skipped when its turn comes.
"""

from datetime import datetime
from typing import Any

from campaigns.models import Message
from members import registry


def erase(*, member_ids: list[int], at: datetime, by) -> None:
    """Subjects may hold a name, and a mail server's answer an address."""
    messages = Message.objects.filter(member__in=member_ids)
    messages.filter(state=Message.State.QUEUED).update(state=Message.State.SKIPPED, reason=Message.Reason.NOT_ACTIVE)
    messages.update(subject="", context={}, error="")


def export(*, member_ids: list[int]) -> list[dict[str, Any]]:
    return [
        {
            "program": message.program.code,
            "occasion": message.occasion,
            "channel": message.channel,
            "state": message.state,
            "subject": message.subject,
            "created_at": message.created_at.isoformat(),
            "sent_at": message.sent_at.isoformat() if message.sent_at else None,
        }
        for message in Message.objects.filter(member__in=member_ids).select_related("program").order_by("pk")
    ]


def register() -> None:
    registry.register("campaigns", erase=erase, export=export)
