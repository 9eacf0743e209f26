"""Codes that members enter, points that change hands, and what staff correct."""

from datetime import datetime

from django.utils.translation import gettext as _

from loyalty.backoffice.simulation.story import Event
from loyalty.backoffice.simulation.verbs.buying import name_of, record
from loyalty.backoffice.simulation.verbs.stage import SOURCE, Stage, Unknown
from loyalty.challenges.models import CodeBatch
from loyalty.challenges.operations.batches import make_codes
from loyalty.ledger import gifts
from loyalty.ledger import operations as ledger
from loyalty.ledger.models import TransferPolicy
from members.operations import merge_members


def enter_code(stage: Stage, event: Event, at: datetime) -> None:
    """With a `batch`, `code` is the story's own name for one of its codes, so that it can be entered twice."""
    name = event.fields.get("code", name_of(event))
    if batch := event.fields.get("batch"):
        stage.codes.setdefault(name, "")
        stage.codes[name] = stage.codes[name] or _printed(stage, batch)
    record(stage, event, at, external_id=name_of(event), kind="code", code=stage.codes.get(name, name))


def _printed(stage: Stage, code: str) -> str:
    batch = CodeBatch.objects.filter(program=stage.program, code=code).first()
    if batch is None:
        raise Unknown(_("There is no batch of codes “%(code)s”.") % {"code": code})
    (printed,) = make_codes(batch=batch, first=1, last=1)
    return printed


def adjust(stage: Stage, event: Event, at: datetime) -> None:
    ledger.adjust(
        program=stage.program,
        member_id=stage.member(event.member).pk,
        points=event.fields.get("points", 0),
        reason=event.fields.get("reason", ""),
        cause=ledger.Cause(SOURCE, name_of(event)),
        at=at,
        by=None,
    )


def transfer(stage: Stage, event: Event, at: datetime) -> None:
    """A gift where the program lets members give points, else staff's doing."""
    common = {
        "program": stage.program,
        "from_member_id": stage.member(event.member).pk,
        "to_member_id": stage.member(event.fields.get("to", "")).pk,
        "points": event.fields.get("points", 0),
        "at": at,
    }
    if TransferPolicy.objects.filter(program=stage.program).exists():
        gifts.transfer(**common, source=SOURCE, external_id=name_of(event))
    else:
        ledger.transfer(**common, cause=ledger.Cause(SOURCE, name_of(event)))


def merge(stage: Stage, event: Event, at: datetime) -> None:
    """`absorb` names who turns out to be the event's member, or `into` whom the event's member turns out to be."""
    kept, absorbed = event.member, event.fields.get("absorb", "")
    if into := event.fields.get("into"):
        kept, absorbed = into, event.member
    keep, gone = stage.member(kept), stage.member(absorbed)
    reason = event.fields.get("reason") or _("The same person.")
    merge_members(keep=keep, absorb=gone, at=at, by=None, reason=reason)
    for name, member_id in stage.members.items():
        if member_id == gone.pk:
            stage.members[name] = keep.pk
