"""What capped and budgeted rules have granted, for one batch: read once, counted on in memory, written once."""

from collections import defaultdict

from loyalty.earning.caps import BUDGET
from loyalty.earning.models import RuleUsage
from loyalty.lib import sql

Owner = int | None  # a member, or None for the budget that all members share


class Counters:
    def __init__(self) -> None:
        self._points: dict[Owner, dict[tuple[str, str], int]] = defaultdict(dict)
        self._stored: dict[tuple[Owner, str, str], int] = {}
        self._changes: dict[tuple[Owner, str, str], int] = {}

    def known(self, row_id: int, owner: Owner, rule: str, period: str, points: int) -> None:
        self._points[owner][rule, period] = points
        self._stored[owner, rule, period] = row_id

    def bearing_on(self, member_id: int) -> dict[tuple[str, str], int]:
        """The member's own counters and everybody's budgets, by rule and period."""
        return {**self._points[None], **self._points[member_id]}

    def add(self, member_id: int, usage: dict[tuple[str, str], int]) -> None:
        for (rule, period), points in usage.items():
            owner = None if period == BUDGET else member_id
            counters = self._points[owner]
            counters[rule, period] = counters.get((rule, period), 0) + points
            key = (owner, rule, period)
            self._changes[key] = self._changes.get(key, 0) + points

    def steps(self, program_id: int) -> list[sql.Step]:
        """A counter that two batches begin at the same moment is refused to the second by its unique key.

        The order is the same in all batches: two that begin several budgets at once do not wait in a ring.
        """
        changes = sorted(self._changes.items(), key=lambda change: change[0][1:])
        return [
            sql.Insert(
                RuleUsage,
                ("program_id", "member_id", "rule_code", "period", "points"),
                [
                    (program_id, owner, rule, "" if owner is None else period, points)
                    for (owner, rule, period), points in changes
                    if (owner, rule, period) not in self._stored
                ],
            ),
            sql.Update(
                RuleUsage,
                ("id",),
                ("points",),
                [(self._stored[key], points) for key, points in changes if key in self._stored],
                adds=frozenset(["points"]),
            ),
        ]
