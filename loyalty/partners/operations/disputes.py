"""A partner's file is held against a statement, and a person decides what differs."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.partners.matching import Item, Pair, Tolerance
from loyalty.partners.models import Dispute, MatchedLine, PartnerLine, Statement, StatementUpload
from loyalty.partners.reading import layout

from .errors import PartnersError

UPLOADS = "partners/"
Result, State = MatchedLine.Result, Dispute.State


@transaction.atomic
def keep_file(
    *, statement: Statement, upload: File, days: int = 0, amount: int = 0, at: datetime, by=None
) -> StatementUpload:
    """The partner's file, kept to be matched. Raises `FileRefused` where it cannot be read at all."""
    storage = storages["private"]
    name = storage.save(f"{UPLOADS}{at:%Y%m%d-%H%M%S}.csv", upload)
    try:
        layout(Path(storage.path(name)))
    except Exception:
        storage.delete(name)
        raise
    known = {"statement": statement, "name": (upload.name or name)[-200:], "file": name}
    return StatementUpload.objects.create(**known, days=days, amount=amount, uploaded_at=at, by=by)


@transaction.atomic
def note_matches(*, upload: StatementUpload, pairs: Sequence[Pair], at: datetime) -> dict[str, int]:
    """Write down what was matched and open a dispute for each difference. Returns how many of each result."""
    tolerance = Tolerance(upload.days, upload.amount)
    rows = MatchedLine.objects.bulk_create(_matched(upload, pair, tolerance) for pair in pairs)
    disputes = [
        Dispute(matched=row, points=_more(pair, "points"), amount=_more(pair, "amount"), opened_at=at)
        for row, pair in zip(rows, pairs, strict=True)
        if row.result != Result.MATCHED
    ]
    Dispute.objects.bulk_create(disputes)
    results = [row.result for row in rows]
    return {result.value: results.count(result.value) for result in Result}


def _matched(upload: StatementUpload, pair: Pair, tolerance: Tolerance) -> MatchedLine:
    ours, theirs = pair
    shown = theirs or ours
    assert shown is not None  # noqa: S101 - a pair has at least one side
    return MatchedLine(
        upload=upload,
        result=_result(ours, theirs, tolerance).value,
        line_id=ours and ours.key,
        row=theirs and theirs.key,
        reference=shown.reference,
        date=shown.day,
        points=theirs and theirs.points,
        amount=theirs and theirs.amount,
    )


def _result(ours: Item | None, theirs: Item | None, tolerance: Tolerance) -> MatchedLine.Result:
    if ours is None or theirs is None:
        return Result.ONLY_THEIRS if ours is None else Result.ONLY_OURS
    return Result.MATCHED if tolerance.holds(ours, theirs) else Result.DIFFERING


def _more(pair: Pair, what: str) -> int:
    """What the partner says beyond our line."""
    return getattr(pair.theirs, what, 0) - getattr(pair.ours, what, 0)


@transaction.atomic
def decide_dispute(
    *, dispute: Dispute, state: str, reason: str, amount: int | None = None, at: datetime, by
) -> Dispute:
    """Decide it once. What is settled otherwise has an `amount` of its own, by which our side changes.

    Raises `PartnersError`.
    """
    found = Dispute.objects.select_for_update(no_key=True, of=("self",)).select_related("matched__upload__statement")
    dispute = found.get(pk=dispute.pk)
    if dispute.state != State.OPEN:
        raise PartnersError(_("This dispute is decided."), "dispute_decided")
    if state not in (State.ACCEPTED, State.REJECTED, State.SETTLED) or not reason.strip():
        raise PartnersError(_("A decision has a reason."), "decision_invalid")
    if (state == State.SETTLED) != (amount is not None):
        raise PartnersError(_("Say by which amount it is settled, and only then."), "decision_invalid")
    if state == State.ACCEPTED:
        dispute.correction = _correct(dispute, dispute.points, dispute.amount, at, by)
    elif amount is not None:
        dispute.correction = _correct(dispute, 0, amount, at, by)
    dispute.state, dispute.reason, dispute.decided_at, dispute.decided_by = state, reason.strip(), at, by
    # Column by column: the database would take a whole row for an attempt upon those that are fixed.
    dispute.save(update_fields=["state", "reason", "decided_at", "decided_by", "correction"])
    return dispute


def _correct(dispute: Dispute, points: int, amount: int, at: datetime, by) -> PartnerLine:
    statement = dispute.matched.upload.statement
    return PartnerLine.objects.create(
        partner_id=statement.partner_id,
        program_id=statement.program_id,
        kind=PartnerLine.Kind.CORRECTION,
        points=points,
        amount=amount,
        reference=dispute.matched.reference,
        cause=f"dispute:{dispute.pk}",
        undoes=dispute.matched.line,
        occurred_at=at,
        recorded_at=at,
        by=by,
    )
