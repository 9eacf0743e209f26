"""What the members' pages do when two members become one, when one is forgotten, and when one asks for everything."""

from datetime import datetime
from typing import Any

from loyalty.portal.models import ErasureRequest
from loyalty.portal.operations.erasing import open_request
from members import registry
from members.models import Member


def merge(*, keep: Member, absorb: Member, merge_id: int, at: datetime, by) -> list[int]:
    """Whoever asked to be forgotten is still to be: the request follows the person."""
    request = open_request(absorb.pk)
    if request is None:
        return []
    if open_request(keep.pk):
        request.withdrawn_at = at
    else:
        request.member = keep
    request.save()
    return [request.pk]


def unmerge(*, keep: Member, absorb: Member, moved: list[int], merge_id: int, at: datetime, by) -> None:
    ErasureRequest.objects.filter(pk__in=moved).update(member=absorb)


def erase(*, member_ids: list[int], at: datetime, by) -> None:
    open_ones = ErasureRequest.objects.filter(member__in=member_ids, withdrawn_at__isnull=True, done_at__isnull=True)
    open_ones.update(done_at=at)


def export(*, member_ids: list[int]) -> dict[str, Any]:
    requests = ErasureRequest.objects.filter(member__in=member_ids).order_by("pk")
    return {
        "erasure_requests": [
            {"requested_at": each.requested_at.isoformat(), "due_at": each.due_at.isoformat()} for each in requests
        ]
    }


def register() -> None:
    registry.register("portal", merge=merge, unmerge=unmerge, erase=erase, export=export)
