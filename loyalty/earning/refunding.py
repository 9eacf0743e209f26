"""Refunds inside a batch: which purchase, how much of it is left, how many points it gave and has lost so far."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from loyalty.earning.inputs import ActivityInput, Refused
from loyalty.earning.models import Activity, Decision, Kind
from loyalty.ledger.book import POINTS
from loyalty.ledger.operations import Cause
from loyalty.ledger.queries import entries_of, expired_of
from loyalty.lib.refunds import share_to_take


@dataclass(slots=True, eq=False)
class Given:
    """What a purchase gave of one currency, and what its refunds have taken. `expired` before the batch began."""

    granted: int = 0
    taken: int = 0
    expired: int = 0
    entries: list = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Purchase:
    """A purchase that the batch refunds: of before, or of the batch itself (then `id` comes when it is written)."""

    member_id: int
    kind: str
    occurred_at: datetime
    amount: int
    refunded: int = 0
    refunds: int = 0
    id: int | None = None
    given: dict[str, Given] = field(default_factory=dict)  # by currency
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

    def refund(self, amount: int | None) -> int:
        """Count one more refund and say what it is worth."""
        worth = self.left if amount is None else amount
        self.refunds += 1
        self.refunded += worth
        return worth

    def take(self, given: Given, expired: int) -> int:
        """What the last refund takes of what was given. What has `expired` since the batch began counts as taken."""
        points = share_to_take(
            granted=given.granted,
            amount=self.amount,
            refunded=self.refunded,
            already_taken=given.taken + given.expired + expired,
        )
        given.taken += points
        return points


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
            "decision__also",
            "decision__outcomes",
            "refunded",
            "taken",
            "refunds_count",
        )
    )
    found: dict[str, Purchase] = {}
    for external_id, id_, member_id, kind, occurred_at, amount, granted, also, outcomes, refunded, taken, count in rows:
        purchase = Purchase(member_id, kind, occurred_at, amount, refunded, count, id_)
        purchase.given = {POINTS: Given(max(granted or 0, 0), -taken)}
        purchase.given |= {currency: Given(more) for currency, more in (also or {}).items() if more > 0}
        purchase.gifts = gifts_among(outcomes or ())
        found[external_id] = purchase
    _count_taken({purchase.id: purchase for purchase in found.values() if len(purchase.given) > 1})
    _find_entries(program, source, found)
    return found


def _count_taken(purchases: dict[int | None, Purchase]) -> None:
    """What earlier refunds took of other currencies than points."""
    if not purchases:
        return
    refunds = Decision.objects.filter(activity__refunds__in=purchases)
    for purchase_id, also in refunds.values_list("activity__refunds", "also"):
        for currency, taken in also.items():
            purchases[purchase_id].given[currency].taken -= taken


def _find_entries(program, source: str, found: dict[str, Purchase]) -> None:
    entries = entries_of(program=program, causes=[cause_of(source, external_id) for external_id in found])
    rows = list(entries.values_list("id", "key__external_id", "account__currency"))
    expired = expired_of([entry_id for entry_id, *_ in rows])
    for entry_id, external_id, currency in rows:
        given = found[external_id].given.setdefault(currency, Given())
        given.entries.append(entry_id)
        given.expired += expired.get(entry_id, 0)


def unknown_purchase() -> Refused:
    return Refused("purchase_unknown", "refunds", _("No purchase is known under this identifier."))
