"""Batches of codes: asked for, made chunk by chunk in the background, handed out once, stopped."""

import csv
import io
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.challenges.models import CodeBatch, EntryCode
from loyalty.challenges.secrets import digest_of
from loyalty.jobs import operations as jobs
from loyalty.jobs.models import Job
from loyalty.lib import codes, sql
from loyalty.lib.saving import save_checked
from loyalty.lib.spreadsheets import spreadsheet_safe
from loyalty.programs.models import Program

JOB = "generate_codes"
SYMBOLS = 11  # random ones: 54 bits, beside the check symbol; guessing is slowed down by `FAILURES_PER_DAY`
GROUP = 4


class CodesRefused(Exception):
    """The batch is not in the state for it. `code` says why."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code


@transaction.atomic
def generate_codes(*, program: Program, code: str, quantity: int, at: datetime, by=None, **terms) -> CodeBatch:
    """A new batch; its codes are made by a job after commit. `terms` are fields of `CodeBatch`.

    Raises Django's `ValidationError` with a message at each field that makes no sense.
    """
    batch = CodeBatch(program=program, code=code, quantity=quantity, created_at=at, by=by, **terms)
    save_checked(batch, by=by, at=at)
    jobs.start(name=JOB, scope=program.code, period=batch.code, by=by, at=at, params={"batch": batch.pk})
    return batch


def make_codes(*, batch: CodeBatch, first: int, last: int) -> list[str]:
    """The codes from number `first` to `last`, as they are printed. Only their hashes stay in the database."""
    fresh = codes.generate(last - first + 1, SYMBOLS)
    rows = [(batch.pk, digest_of(code), code[-4:]) for code in fresh]
    sql.write([sql.Insert(EntryCode, ("batch_id", "digest", "ending"), rows)])
    return [printed(code) for code in fresh]


def printed(code: str) -> str:
    """In groups, to be read and typed: 7KQ2-M4XT-9BHC."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def keep_chunk(*, batch: CodeBatch, first: int, lines: list[str]) -> None:
    """The chunk's codes in a private file until they are handed out. Made again, the file is written again."""
    path = folder(batch) / f"{first:06}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")


def folder(batch: CodeBatch) -> Path:
    return Path(storages["private"].path(f"codes/{batch.pk}"))


def is_ready(batch: CodeBatch) -> bool:
    """Whether all codes are there and have not been handed out."""
    return batch.downloaded_at is None and _is_made(batch)


def _is_made(batch: CodeBatch) -> bool:
    found = Job.objects.filter(name=JOB, scope=batch.program.code, period=batch.code).first()
    return found is not None and found.state == Job.State.SUCCEEDED


@transaction.atomic
def hand_out_codes(*, batch: CodeBatch, at: datetime, by) -> str:
    """All codes of the batch as a CSV file, once: they are then nowhere but in that file.

    Raises `CodesRefused`.
    """
    if not _is_made(batch):
        raise CodesRefused(_("The codes are still being made."), "not_ready")
    rows = CodeBatch.objects.filter(pk=batch.pk, downloaded_at__isnull=True)
    if not rows.update(downloaded_at=at, downloaded_by=by):
        raise CodesRefused(_("These codes have been downloaded; make a new batch."), "handed_out")
    kept = folder(batch)
    chunks = sorted(kept.glob("*.csv"))
    text = _file(batch, (line for chunk in chunks for line in chunk.read_text(encoding="ascii").splitlines()))
    transaction.on_commit(lambda: forget_chunks(kept))
    batch.refresh_from_db()
    return text


def _file(batch: CodeBatch, lines) -> str:
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(["code", "batch"])
    count = 0
    for line in lines:
        writer.writerow([spreadsheet_safe(line), spreadsheet_safe(batch.code)])
        count += 1
    if count != batch.quantity:
        raise CodesRefused(_("The file of these codes is not complete: stop this batch and make a new one."), "lost")
    return sheet.getvalue()


def forget_chunks(kept: Path) -> None:
    for chunk in kept.glob("*.csv"):
        chunk.unlink(missing_ok=True)
    if kept.exists():
        kept.rmdir()


@transaction.atomic
def stop_codes(*, batch: CodeBatch, at: datetime, by=None) -> CodeBatch:
    """From now on no code of the batch is accepted. What was entered stays. Twice changes nothing."""
    batch = CodeBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.stopped_at is None:
        batch.stopped_at = at
        save_checked(batch, by=by, at=at)
    return batch


@transaction.atomic
def change_codes(*, batch: CodeBatch, at: datetime, by=None, **changes) -> CodeBatch:
    """Change names, dates and limits of a batch. What a code is worth and how many there are stays."""
    fixed = {"program", "code", "quantity", "points", "reward"} & set(changes)
    if fixed:
        raise ValidationError({name: _("This cannot be changed any more.") for name in sorted(fixed)})
    for name, value in changes.items():
        setattr(batch, name, value)
    return save_checked(batch, by=by, at=at)
