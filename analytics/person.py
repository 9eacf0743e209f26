"""What analytics say when a member asks for everything. Its snapshots hold no names, so erasure leaves them alone."""

from typing import Any

from analytics.models import MemberValue
from members import registry


def export(*, member_ids: list[int]) -> list[dict[str, Any]]:
    values = MemberValue.objects.filter(member__in=member_ids).select_related("snapshot__program").order_by("pk")
    return [
        {
            "program": value.snapshot.program.code,
            "as_of": value.snapshot.as_of_date.isoformat(),
            "predicted": str(value.predicted),
            "probability_alive": str(value.probability_alive),
        }
        for value in values
    ]


def register() -> None:
    registry.register("analytics", export=export)
