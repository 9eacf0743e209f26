"""Who the members of a batch are, as far as it says what they may take part in."""

from collections.abc import Collection
from typing import NamedTuple

from members.models import Enrolment


class Known(NamedTuple):
    tier: str
    plan: str
    tags: Collection[str]


def known_members(program, member_ids: Collection[int]) -> dict[int, Known]:
    """By member, those who are in the program now."""
    rows = Enrolment.objects.filter(program=program, member_id__in=member_ids, status=Enrolment.Status.ACTIVE)
    return {member: Known(*rest) for member, *rest in rows.values_list("member_id", "tier", "plan", "member__tags")}
