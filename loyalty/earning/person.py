"""What earning does when two members become one, when one is forgotten, and when one asks for everything.

Activities and decisions stay where they were recorded. The figures of the enrolment and what capped rules have granted
are added to the kept member's, and taken out again.
"""

from datetime import datetime
from typing import Any

from django.db.models import F, Max, Min, Q

from loyalty.earning.models import Activity, Kind, RuleUsage
from members import registry
from members.models import Enrolment, Member

NAME = "earning"
MOMENTS = ("first_purchase_at", "last_purchase_at", "last_activity_at")


def merge(*, keep: Member, absorb: Member, merge_id: int, at: datetime, by) -> dict[str, Any]:
    """Called after the ledger's part, so the accounts are locked and nothing is being recorded for either."""
    return {"figures": _add_figures(keep, absorb), "usages": _add_usages(keep, absorb)}


def unmerge(*, keep: Member, absorb: Member, moved: dict[str, Any], merge_id: int, at: datetime, by) -> None:
    for each in moved["figures"]:
        rows = Enrolment.objects.filter(member=keep, program=each["program"])
        rows.update(purchases=F("purchases") - each["purchases"], spend=F("spend") - each["spend"])
        rows.update(**_moments(keep, each["program"]))
    for each in moved["usages"]:
        own = RuleUsage.objects.filter(
            member=keep, program=each["program"], rule_code=each["rule"], period=each["period"]
        )
        own.filter(points__gte=each["points"]).update(points=F("points") - each["points"])


def _add_figures(keep: Member, absorb: Member) -> list[dict[str, Any]]:
    moved = []
    mine = {enrolment.program_id: enrolment for enrolment in Enrolment.objects.filter(member=keep)}
    for theirs in Enrolment.objects.filter(member=absorb).order_by("program"):
        both = (mine[theirs.program_id], theirs)
        moments = {name: _of_both(name, both) for name in MOMENTS}
        rows = Enrolment.objects.filter(pk=both[0].pk)
        rows.update(purchases=F("purchases") + theirs.purchases, spend=F("spend") + theirs.spend, **moments)
        moved.append({"program": theirs.program_id, "purchases": theirs.purchases, "spend": theirs.spend})
    return moved


def _of_both(name: str, enrolments: tuple[Enrolment, Enrolment]) -> datetime | None:
    known = [moment for each in enrolments if (moment := getattr(each, name))]
    return (min if name.startswith("first") else max)(known, default=None)


def _moments(keep: Member, program_id: int) -> dict[str, datetime | None]:
    """As the member's own activities say, and those of whoever is still merged into the member."""
    persons = Q(member=keep) | Q(member__merged_into=keep)
    bought = Q(kind=Kind.PURCHASE)
    return Activity.objects.filter(persons, program=program_id).aggregate(
        first_purchase_at=Min("occurred_at", filter=bought),
        last_purchase_at=Max("occurred_at", filter=bought),
        last_activity_at=Max("occurred_at"),
    )


def _add_usages(keep: Member, absorb: Member) -> list[dict[str, Any]]:
    """A cap per member is the person's: whoever had two cards does not earn twice from now on."""
    moved = []
    for theirs in RuleUsage.objects.filter(member=absorb, points__gt=0).order_by("pk"):
        key = {"program_id": theirs.program_id, "rule_code": theirs.rule_code, "period": theirs.period}
        RuleUsage.objects.get_or_create(member=keep, **key)
        RuleUsage.objects.filter(member=keep, **key).update(points=F("points") + theirs.points)
        moved.append(
            {
                "program": theirs.program_id,
                "rule": theirs.rule_code,
                "period": theirs.period,
                "points": theirs.points,
            }
        )
    return moved


def export(*, member_ids: list[int]) -> list[dict[str, Any]]:
    """Every activity with its articles and what it granted."""
    activities = Activity.objects.filter(member__in=member_ids).order_by("occurred_at", "pk")
    return [
        {
            "program": activity.program.code,
            "kind": activity.kind,
            "source": activity.source,
            "identifier": activity.external_id,
            "occurred_at": activity.occurred_at.isoformat(),
            "amount": activity.amount,
            "currency": activity.currency,
            "store": activity.store.code if activity.store else None,
            "channel": activity.channel,
            "brand": activity.brand,
            "granted": activity.decision.granted if hasattr(activity, "decision") else None,
            "lines": [
                {
                    "article": line.sku,
                    "category": line.category,
                    "quantity": line.quantity,
                    "unit_price": line.unit_price,
                }
                for line in activity.lines.all()
            ],
        }
        for activity in activities.select_related("program", "store", "decision").prefetch_related("lines")
    ]


def register() -> None:
    registry.register(NAME, merge=merge, unmerge=unmerge, export=export)
