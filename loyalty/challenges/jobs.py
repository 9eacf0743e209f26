"""What this room does in the background: codes by the hundred thousand, draws on their day, who did not come."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.challenges import queries
from loyalty.challenges.models import CodeBatch
from loyalty.challenges.operations import DrawRefused, batches, hold_draw, mark_no_shows
from loyalty.jobs import registry
from loyalty.jobs.registry import DailyJob, JobKind
from loyalty.jobs.run import Run
from loyalty.lib.periods import start_of_day
from loyalty.programs.models import Program

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


def night(run: Run) -> None:
    """Hold the draws whose day has come, and note who accepted an invitation and did not come."""
    program = Program.objects.get(code=run.scope)
    at = start_of_day(run.day, program.tzinfo)
    for draw in queries.draws_due(program=program, day=run.day):
        try:
            with transaction.atomic():
                won = hold_draw(draw=draw, at=at)
                run.advance(cursor=draw.pk, draws=1, winners=len(won))
        except DrawRefused as refusal:
            run.error(refusal, draw=draw.code)
    with transaction.atomic():
        run.advance(cursor=run.cursor, no_shows=mark_no_shows(program=program, at=at))


def has_work(program: Program, day: date) -> bool:
    return queries.has_night(program=program, day=day)


def register() -> None:
    registry.register(
        DailyJob(
            name="challenges",
            title=_("Prize draws and occasions"),
            order=44,
            work=night,
            has_work=has_work,
            essential=False,
            labels={
                "draws": _("prize draws held"),
                "winners": _("members drawn"),
                "no_shows": _("members who did not come"),
                "draw": _("prize draw"),
            },
        )
    )
    registry.register(
        JobKind(
            name=batches.JOB,
            title=_("Make codes to enter"),
            work=generate,
            permission="challenges.download_codebatch",
            labels={"codes": _("codes"), "batch": _("batch of codes")},
        )
    )
