"""The rows that a batch of accepted activities leaves: activities, lines, decisions, summaries, events."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from loyalty.earning.inputs import ActivityInput, Recorded
from loyalty.earning.models import QUIET_KINDS, Activity, ActivityLine, Decision, Kind
from loyalty.earning.refunding import Purchase
from loyalty.events.operations import Happening, emitting
from loyalty.lib import sql
from members.models import Enrolment

ACTIVITY_COLUMNS = (
    "id",
    "program_id",
    "member_id",
    "source",
    "external_id",
    "fingerprint",
    "kind",
    "occurred_at",
    "recorded_at",
    "amount",
    "currency",
    "store_id",
    "channel",
    "brand",
    "paid_with",
    "refunds_id",
    "is_history",
    "by_id",
)
LINE_COLUMNS = ("id", "activity_id", "member_id", "sku", "category", "quantity", "unit_price")
SUMS = frozenset(["purchases", "spend"])
LATEST = frozenset(["last_activity_at", "last_purchase_at"])
EARLIEST = frozenset(["first_purchase_at"])


@dataclass(slots=True, eq=False)
class Accepted:
    """An activity that will be written, with its answer; `amount` is what a refund of the rest came to."""

    activity: ActivityInput
    answer: Recorded
    fingerprint: str
    amount: int
    store_id: int | None
    purchase: Purchase | None = None
    refunded: Purchase | None = None
    refunded_so_far: int = 0
    gift_usage: dict[tuple[str, str], int] = field(default_factory=dict)  # what rules that give rewards counted


@dataclass(slots=True)
class Rows:
    program: object
    source: str
    at: datetime
    by_id: int | None
    history: bool

    def steps(self, accepted: Sequence[Accepted], line_ids: Iterator[int]) -> list[sql.Step]:
        now = sql.moment(self.at)
        return [
            sql.Insert(Activity, ACTIVITY_COLUMNS, [self._activity(item, now) for item in accepted]),
            sql.Insert(
                ActivityLine,
                LINE_COLUMNS,
                [
                    (
                        next(line_ids),
                        item.answer.activity_id,
                        item.answer.member_id,
                        line.sku,
                        line.category,
                        line.quantity,
                        line.unit_price,
                    )
                    for item in accepted
                    for line in item.activity.lines
                ],
            ),
            self._summaries(accepted),
            emitting([] if self.history else [self._happening(item) for item in accepted]),
        ]

    def decisions(self, accepted: Sequence[Accepted]) -> sql.Step:
        now = sql.moment(self.at)
        return sql.Insert(
            Decision,
            ("activity_id", "member_id", "granted", "also", "outcomes", "created_at"),
            [
                (
                    item.answer.activity_id,
                    item.answer.member_id,
                    item.answer.granted,
                    json.dumps(item.answer.also),
                    json.dumps(item.answer.outcomes),
                    now,
                )
                for item in accepted
            ],
        )

    def _activity(self, item: Accepted, now) -> tuple:
        activity = item.activity
        return (
            item.answer.activity_id,
            self.program.pk,
            item.answer.member_id,
            self.source,
            activity.external_id,
            item.fingerprint,
            activity.kind,
            sql.moment(activity.occurred_at),
            now,
            item.amount,
            self.program.money_currency,
            item.store_id,
            activity.channel,
            activity.brand,
            json.dumps([{"tender": tender, "amount": amount} for tender, amount in activity.tenders]),
            item.refunded and item.refunded.id,
            self.history,
            self.by_id,
        )

    def _summaries(self, accepted: Sequence[Accepted]) -> sql.Step:
        """What the batch changes in the members' summary rows; joining or a birthday is not yet being active."""
        changes: dict[int, list] = {}
        for item in accepted:
            kind, moment = item.activity.kind, item.activity.occurred_at
            if kind in QUIET_KINDS:
                continue
            change = changes.setdefault(item.answer.member_id, [0, 0, moment, None, None])
            change[2] = max(change[2], moment)
            if kind == Kind.PURCHASE:
                change[0] += 1
                change[1] += item.amount
                change[3] = min(change[3] or moment, moment)
                change[4] = max(change[4] or moment, moment)
            elif kind == Kind.REFUND:
                change[1] -= item.amount
        moment = sql.moment
        return sql.Update(
            Enrolment,
            ("member_id", "program_id"),
            ("purchases", "spend", "last_activity_at", "first_purchase_at", "last_purchase_at"),
            [
                (member_id, self.program.pk, count, spend, moment(last), moment(first_purchase), moment(last_purchase))
                for member_id, (count, spend, last, first_purchase, last_purchase) in sorted(changes.items())
            ],
            adds=SUMS,
            later=LATEST,
            earlier=EARLIEST,
        )

    def _happening(self, item: Accepted) -> Happening:
        return Happening(
            kind="activity.recorded",
            program_code=self.program.code,
            member_id=item.answer.member_id,
            occurred_at=item.activity.occurred_at,
            recorded_at=self.at,
            payload={
                "activity": item.answer.activity_id,
                "kind": item.activity.kind,
                "external_id": item.activity.external_id,
                "source": self.source,
                "granted": item.answer.granted,
                **item.answer.also,
            },
        )
