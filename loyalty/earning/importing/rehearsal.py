"""A dry run: each chunk is really recorded and then rolled back, so that the database itself has its say.

A later chunk may refund a purchase of an earlier one, or repeat it. What the run would have accepted is therefore kept
in a temporary file and recorded again in front of the chunk that needs it. One transaction over the whole file would
be simpler, and would lock everybody else out for as long as it takes.
"""

import json
import pickle
import sqlite3
from collections.abc import Collection, Sequence

from django.db import transaction

from loyalty.earning.importing.order import Answer, Order
from loyalty.earning.inputs import ActivityInput, Recorded


class Rehearsal:
    def __init__(self, order: Order):
        self._order = order
        # An empty name is a temporary database on disk, gone with its connection.
        self._accepted = sqlite3.connect("")
        self._accepted.execute(
            "CREATE TABLE accepted (external_id TEXT PRIMARY KEY, refunds TEXT, member TEXT, activity BLOB)"
        )
        self._accepted.execute("CREATE INDEX refunds ON accepted (refunds) WHERE refunds <> ''")
        self._accepted.execute("CREATE INDEX member ON accepted (member)")

    def __call__(self, activities: Sequence[ActivityInput]) -> list[Answer]:
        earlier = self._earlier(activities)
        with transaction.atomic():
            answers = self._order.record([*earlier, *activities])[len(earlier) :]
            transaction.set_rollback(True)
        self._remember(activities, answers)
        return answers

    def _earlier(self, activities: Sequence[ActivityInput]) -> list[ActivityInput]:
        """What the chunk repeats or refunds, with whatever else was refunded of it and done by who has a refund."""
        refunds = [activity for activity in activities if activity.refunds]
        names = {activity.external_id for activity in activities} | {activity.refunds for activity in refunds}
        found = self._find(names, {activity.member.value for activity in refunds})
        refunded = {activity.refunds for activity in found}
        if not any(refunded):
            return found
        return self._find({activity.external_id for activity in found} | refunded)

    def _find(self, external_ids: set[str], members: Collection[str] = ()) -> list[ActivityInput]:
        rows = self._accepted.execute(
            "SELECT activity FROM accepted WHERE external_id IN (SELECT value FROM json_each(:names))"
            " OR (refunds <> '' AND refunds IN (SELECT value FROM json_each(:names)))"
            " OR member IN (SELECT value FROM json_each(:members)) ORDER BY rowid",
            {"names": json.dumps(sorted(external_ids - {""})), "members": json.dumps(sorted(members))},
        )
        return [pickle.loads(activity) for (activity,) in rows]  # noqa: S301 (written by this process)

    def _remember(self, activities: Sequence[ActivityInput], answers: Sequence[Answer]) -> None:
        with self._accepted:
            self._accepted.executemany(
                "INSERT OR IGNORE INTO accepted VALUES (?, ?, ?, ?)",
                [
                    (activity.external_id, activity.refunds, activity.member.value, pickle.dumps(activity))
                    for activity, answer in zip(activities, answers, strict=True)
                    if isinstance(answer, Recorded) and not answer.duplicate
                ],
            )
