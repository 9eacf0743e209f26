"""What the counter knows of a member, for the export of everything about a person.

At a merge the actions stay where they happened; nothing of an action says who its member is.
"""

from typing import Any

from loyalty.counter.models import Conflict, CounterAction
from members import registry

NAME = "counter"


def export(*, member_ids: list[int]) -> list[dict[str, Any]]:
    return _done(member_ids) + _refused(member_ids)


def _done(member_ids: list[int]) -> list[dict[str, Any]]:
    actions = CounterAction.objects.filter(member__in=member_ids).select_related("store").order_by("pk")
    return [
        {
            "at": action.at.isoformat(),
            "store": action.store.code,
            "done": action.journey,
            "receipt": action.receipt,
            "undone_at": action.undone_at and action.undone_at.isoformat(),
        }
        for action in actions
    ]


def _refused(member_ids: list[int]) -> list[dict[str, Any]]:
    """What tills had kept for them and could not be recorded."""
    conflicts = Conflict.objects.filter(member__in=member_ids).select_related("store").order_by("pk")
    return [
        {
            "at": conflict.confirmed_at.isoformat(),
            "store": conflict.store.code,
            "refused": conflict.journey,
            "typed": conflict.typed["fields"],
            "state": conflict.state,
        }
        for conflict in conflicts
    ]


def register() -> None:
    registry.register(NAME, export=export)
