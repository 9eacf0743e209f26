"""What this room does in the background: codes by the hundred thousand."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.challenges.models import CodeBatch
from loyalty.challenges.operations import batches
from loyalty.jobs import registry
from loyalty.jobs.registry import JobKind
from loyalty.jobs.run import Run

CHUNK = 10_000


def generate(run: Run) -> None:
    batch = CodeBatch.objects.select_related("program").get(pk=run.params["batch"])
    if not run.cursor:
        batches.forget_chunks(batches.folder(batch))  # of a run that began and was rolled back
    for first, last in run.chunks(1, batch.quantity, size=CHUNK):
        with transaction.atomic():
            lines = batches.make_codes(batch=batch, first=first, last=last)
            run.advance(cursor=last, codes=last - first + 1)
            # Last, so that a file without its rows can only come of a failing commit, and is then written anew.
            batches.keep_chunk(batch=batch, first=first, lines=lines)


def register() -> None:
    registry.register(
        JobKind(
            name=batches.JOB,
            title=_("Make codes to enter"),
            work=generate,
            permission="challenges.download_codebatch",
            labels={"codes": _("codes"), "batch": _("batch of codes")},
        )
    )
