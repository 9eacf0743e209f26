"""What a till had kept and could not be recorded: held for the store's manager, settled or set aside, never lost."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.counter.errors import CounterRefused
from loyalty.counter.models import Conflict
from members.models import Member

LONGEST_NOTE = 200


@transaction.atomic
def hold(
    *, key: UUID, till, journey: str, member: Member | None, typed: dict[str, Any], refusal: Exception, at: datetime, by
) -> Conflict:
    """Keep it for a manager; the same form again finds what was kept. `till` is where and by whom it was confirmed."""
    conflict, _created = Conflict.objects.get_or_create(
        key=key,
        defaults={
            "program": till.program,
            "store": till.store,
            "device": till.device,
            "clerk": till.user,
            "sent_by": by,
            "journey": journey,
            "member": member,
            "typed": typed,
            "code": getattr(refusal, "code", None) or "invalid",
            "refusal": str(refusal),
            "confirmed_at": till.now,
            "arrived_at": at,
        },
    )
    return conflict


def settle(*, key: UUID, at: datetime, by) -> None:
    """Its form was recorded after all."""
    kept = Conflict.objects.filter(key=key, state=Conflict.State.OPEN)
    kept.update(state=Conflict.State.RECORDED, decided_at=at, decided_by=by)


def set_aside(*, conflict: Conflict, note: str, at: datetime, by) -> None:
    """It will not be recorded, and why. Raises `CounterRefused`; of two who decide at once, one does."""
    note = note.strip()
    if not 0 < len(note) <= LONGEST_NOTE:
        raise CounterRefused("note_required", _("Say in at most %(most)s signs why.") % {"most": LONGEST_NOTE})
    still_open = Conflict.objects.filter(pk=conflict.pk, state=Conflict.State.OPEN)
    if not still_open.update(state=Conflict.State.SET_ASIDE, decided_at=at, decided_by=by, note=note):
        raise CounterRefused("decided", _("This was decided meanwhile."))
