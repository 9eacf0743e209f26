"""What the rooms above do when two members become one, when one is forgotten, and when one asks for everything.

This floor knows none of them, so they say it themselves: each room calls `register` in its `AppConfig.ready()`, once,
from a module of its own (`person.py`). A room whose rows name no member needs no part.

- `merge(*, keep, absorb, merge_id, at, by)`: take over what is the absorbed member's, and return what was moved as
  plain JSON. Both rows of members are locked. Rows that record what happened (activities, entries, decisions) stay
  where they are booked; what is still to come (vouchers, cards, a subscription, a tier) follows the person.
- `unmerge(*, keep, absorb, moved, merge_id, at, by)`: bring back what is left of `moved`.
- `erase(*, member_ids, at, by)`: blank what says who it was; keep what explains money. The ids are the member's and
  those of everybody merged into the member.
- `export(*, member_ids)`: everything the room knows about the person, as plain JSON with moments in ISO form.

Each runs in the transaction of the whole. Merge and erasure go in the order of registration, which is that of
INSTALLED_APPS, undoing in the reverse order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    name: str
    merge: Callable[..., Any] | None = None
    unmerge: Callable[..., None] | None = None
    erase: Callable[..., None] | None = None
    export: Callable[..., Any] | None = None


_parts: dict[str, Part] = {}


def register(
    name: str,
    *,
    merge: Callable[..., Any] | None = None,
    unmerge: Callable[..., None] | None = None,
    erase: Callable[..., None] | None = None,
    export: Callable[..., Any] | None = None,
) -> None:
    """Name the room once; what is moved by `merge` comes back to its `unmerge`, so both or neither."""
    if (merge is None) != (unmerge is None):
        raise TypeError(f"{name}: what merges must be able to undo it")
    _parts[name] = Part(name, merge, unmerge, erase, export)


def parts() -> list[Part]:
    return list(_parts.values())
