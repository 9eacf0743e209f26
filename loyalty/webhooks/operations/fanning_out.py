from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from loyalty.events import operations as outbox
from loyalty.events.models import Event
from loyalty.partners.queries import public_ids
from loyalty.programs.models import Program
from loyalty.webhooks.kinds import KINDS, OURS_ALONE
from loyalty.webhooks.models import Delivery, Endpoint
from members.models import Consent
from members.queries import members_with_consent

CONSUMER = "webhooks"
ERASED = "member.erased"
TOGETHER = 500
ABOUT = Consent.Channel.EMAIL  # the yes that our own tools need


@transaction.atomic
def fan_out(*, at: datetime, limit: int = TOGETHER) -> int:
    """A delivery for each endpoint that may hear of the next events, and the reading position behind them; returns how
    many events were read. Both are committed together, so that nothing is lost and nothing noted twice."""
    events = outbox.read(consumer=CONSUMER, limit=limit)
    if not events:
        return 0
    known = [event for event in events if event.kind in KINDS and (event.member_id or "partner" in event.payload)]
    endpoints = list(Endpoint.objects.filter(is_active=True).select_related("partner", "program"))
    rows = [row for endpoint in endpoints for row in _deliveries(endpoint, known, at)]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    outbox.move(consumer=CONSUMER, to=events[-1].sequence or 0)
    return len(events)


def _deliveries(endpoint: Endpoint, events: Sequence[Event], at: datetime) -> list[Delivery]:
    wanted = [event for event in events if _wants(endpoint, event)]
    hears_of = _hears_of(endpoint, wanted) if wanted else set()
    return [
        Delivery(endpoint=endpoint, event=event, member_id=event.member_id, due_at=at, created_at=at)
        for event in wanted
        if event.member_id is None or (event.program_code, event.member_id) in hears_of
    ]


def _wants(endpoint: Endpoint, event: Event) -> bool:
    """An endpoint hears of what was recorded since it was made; what names a partner is that partner's alone."""
    is_ours = endpoint.partner_id is None
    if event.member_id is None and event.payload["partner"] != endpoint.partner_id:
        return False
    return (
        endpoint.wants(event.kind)
        and event.recorded_at >= endpoint.created_at
        and (endpoint.program is None or endpoint.program.code == event.program_code)
        and (is_ours or event.kind not in OURS_ALONE)
    )


def _hears_of(endpoint: Endpoint, events: Sequence[Event]) -> set[tuple[str, int | None]]:
    """Whom the endpoint may hear of, by program: a partner of its own members, our tools of those who said yes."""
    members: dict[str, set[int]] = defaultdict(set)
    for event in events:
        members[event.program_code].add(event.member_id or 0)
    found: set[tuple[str, int | None]] = set()
    for code, ids in members.items():
        found |= {(code, member_id) for member_id in _audience(endpoint, code, ids)}
    if endpoint.partner is None:  # a no came with the erasure, and tools have to forget as well
        found |= {(event.program_code, event.member_id) for event in events if event.kind == ERASED}
    return found


def _audience(endpoint: Endpoint, program_code: str, member_ids: Collection[int]) -> Collection[int]:
    if endpoint.partner is None:
        return members_with_consent(member_ids, ABOUT)
    program = Program.objects.filter(code=program_code).first()
    if program is None or not endpoint.partner.is_active:
        return ()
    return public_ids(partner=endpoint.partner, program=program, member_ids=member_ids)
