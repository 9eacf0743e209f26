"""Refunds inside a batch: which purchase, how much of it is left, how many points it gave and has lost so far."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from loyalty.earning.inputs import ActivityInput, Refused
from loyalty.earning.models import Activity, Kind
from loyalty.ledger.operations import Cause
from loyalty.ledger.queries import entries_of, expired_of
from loyalty.lib.refunds import share_to_take


@dataclass(slots=True, eq=False)
class Purchase:
    """A purchase that the batch refunds: of before, or of the batch itself (then `id` comes when it is written)."""

    member_id: int
    kind: str
    occurred_at: datetime
    amount: int
    granted: int
    entries: list = field(default_factory=list)
    refunded: int = 0
    taken: int = 0
    refunds: int = 0
    id: int | None = None
    expired: int = 0
    gifts: list[dict] = field(default_factory=list)  # the outcomes of the rules that gave a reward for it

    @property
    def left(self) -> int:
        return self.amount - self.refunded

    def fault(self, activity: ActivityInput, member_id: int) -> Refused | None:
        if self.member_id != member_id:
            return Refused("purchase_foreign", "refunds", _("This purchase was made by another member."))
        if self.kind == Kind.REFUND:
            return Refused("refund_of_refund", "refunds", _("A refund cannot be refunded; record a purchase."))
        if activity.occurred_at < self.occurred_at:
            return Refused("refund_before_purchase", "occurred_at", _("A refund comes after its purchase."))
        if self.refunds and not self.left:
            return Refused("already_refunded", "refunds", _("This purchase was refunded completely."))
        if activity.amount is not None and activity.amount > self.left:
            return Refused("refund_too_large", "amount", _("More than what is left of the purchase."))
        return None

    def refund(self, amount: int | None, expired: int) -> tuple[int, int]:
        """Count one more refund; what it is worth and the points that it takes. What has `expired` counts as taken."""
        worth = self.left if amount is None else amount
        self.refunds += 1
        self.refunded += worth
        points = share_to_take(
            granted=self.granted,
            amount=self.amount,
            refunded=self.refunded,
            already_taken=self.taken + self.expired + expired,
        )
        self.taken += points
        return worth, points


def gifts_among(outcomes: Iterable[dict]) -> list[dict]:
    """The outcomes of the rules that gave a reward."""
    return [outcome for outcome in outcomes if outcome.get("rule") and outcome.get("reward") and outcome["granted"]]


def cause_of(source: str, external_id: str) -> Cause:
    """The ledger's name for an activity."""
    return Cause(f"activity:{source}", external_id)


def purchases(*, program, source: str, external_ids: Collection[str]) -> dict[str, Purchase]:
    """What earlier batches recorded under these ids. Call it with the members' accounts locked."""
    if not external_ids:
        return {}
    rows = (
        Activity.objects.filter(program=program, source=source, external_id__in=external_ids)
        .annotate(
            refunded=Sum("refunded_by__amount", default=0),
            taken=Sum("refunded_by__decision__granted", default=0),
            refunds_count=Count("refunded_by"),
            person=Coalesce("member__merged_into", "member"),  # who bought may be another member today
        )
        .values_list(
            "external_id",
            "id",
            "person",
            "kind",
            "occurred_at",
            "amount",
            "decision__granted",
            "decision__outcomes",
            "refunded",
            "taken",
            "refunds_count",
        )
    )
    found = {
        external_id: Purchase(
            member_id,
            kind,
            occurred_at,
            amount,
            max(granted or 0, 0),
            [],
            refunded,
            -taken,
            refunds,
            id_,
            gifts=gifts_among(outcomes or ()),
        )
        for external_id, id_, member_id, kind, occurred_at, amount, granted, outcomes, refunded, taken, refunds in rows
    }
    causes = [cause_of(source, external_id) for external_id in found]
    entries = dict(entries_of(program=program, causes=causes).values_list("id", "key__external_id"))
    expired = expired_of(entries)
    for entry_id, external_id in entries.items():
        found[external_id].entries.append(entry_id)
        found[external_id].expired += expired.get(entry_id, 0)
    return found


def unknown_purchase() -> Refused:
    return Refused("purchase_unknown", "refunds", _("No purchase is known under this identifier."))
