"""What other rooms may ask about activities. Nothing here writes."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Q, Sum

from loyalty.earning.models import Activity, ActivityLine, EarningRule, Kind


def first_bought(*, program, member_ids: Collection[int], categories: Collection[str]) -> dict[tuple[int, str], int]:
    """By member and category, the first purchase of it; a purchase that was refunded as a whole is none."""
    lines = ActivityLine.objects.filter(
        activity__program=program, activity__kind=Kind.PURCHASE, member_id__in=member_ids, category__in=categories
    ).filter(activity__member_id__in=member_ids)
    kept = lines.annotate(refunded=Sum("activity__refunded_by__amount", default=0)).exclude(
        refunded__gte=F("activity__amount"), activity__refunded_by__isnull=False
    )
    first: dict[tuple[int, str], int] = {}
    rows = kept.order_by("activity__occurred_at", "activity_id").values_list("member_id", "category", "activity_id")
    for member_id, category, activity_id in rows:
        first.setdefault((member_id, category), activity_id)
    return first


def purchase_member(*, program, source: str, external_id: str) -> int | None:
    """Who made the purchase that the source calls so."""
    made = Activity.objects.filter(program=program, source=source, external_id=external_id)
    return made.values_list("member_id", flat=True).first()


def channels_asked_for(*, program, at: datetime) -> list[str]:
    """Channels without which a rule that has not ended gives nothing; those of consents are no places of sale."""
    rules = EarningRule.objects.filter(Q(valid_to=None) | Q(valid_to__gt=at), program=program)
    lists = rules.exclude(kind=Kind.CONSENT).values_list("channels", flat=True)
    return sorted({channel for channels in lists for channel in channels})
