"""What partners do when two members become one, when one is forgotten, and when one asks for everything.

An identifier that a partner holds goes on meaning the person: links follow, but where the partner knows both members
each keeps its own, and both lead to who goes on. Of somebody who is forgotten no identifier leads back.
"""

from datetime import datetime
from typing import Any

from loyalty.events.operations import Happening, emit_many
from loyalty.partners.models import PartnerMember
from members import registry
from members.models import Member

NAME = "partners"
ERASED = "member.erased"  # as members call it; theirs names the member, this one names nobody but to the partner


def merge(*, keep: Member, absorb: Member, merge_id: int, at: datetime, by) -> dict[str, list[int]]:
    own = set(PartnerMember.objects.filter(member=keep).values_list("partner", "program"))
    links = PartnerMember.objects.filter(member=absorb).order_by("pk")
    moved = [link.pk for link in links if (link.partner_id, link.program_id) not in own]
    PartnerMember.objects.filter(pk__in=moved).update(member=keep)
    return {"links": moved}


def unmerge(*, keep: Member, absorb: Member, moved: dict[str, Any], merge_id: int, at: datetime, by) -> None:
    PartnerMember.objects.filter(pk__in=moved["links"], member=keep).update(member=absorb)


def erase(*, member_ids: list[int], at: datetime, by) -> None:
    """Each partner is told by its own identifier, which leads to nobody from now on."""
    links = PartnerMember.objects.filter(member__in=member_ids)
    emit_many(
        Happening(
            kind=ERASED,
            program_code=link.program.code,
            payload={"partner": link.partner_id, "known_as": str(link.public_id)},
            occurred_at=at,
            recorded_at=at,
        )
        for link in links.select_related("program").order_by("pk")
    )
    links.delete()


def export(*, member_ids: list[int]) -> list[dict[str, Any]]:
    """Which partners know the person, and as whom."""
    links = PartnerMember.objects.filter(member__in=member_ids).select_related("partner", "program").order_by("pk")
    return [
        {
            "partner": link.partner.code,
            "program": link.program.code,
            "known_as": str(link.public_id),
            "since": link.linked_at.isoformat(),
        }
        for link in links
    ]


def register() -> None:
    registry.register(NAME, merge=merge, unmerge=unmerge, erase=erase, export=export)
