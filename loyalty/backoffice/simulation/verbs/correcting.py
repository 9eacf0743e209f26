"""Codes that members enter, and what staff do to points by hand."""

from datetime import datetime

from django.utils.translation import gettext as _

from loyalty.backoffice.simulation.story import Event
from loyalty.backoffice.simulation.verbs.buying import name_of, record
from loyalty.backoffice.simulation.verbs.stage import SOURCE, Stage, Unknown
from loyalty.challenges.models import CodeBatch
from loyalty.challenges.operations.batches import make_codes
from loyalty.ledger import operations as ledger


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
