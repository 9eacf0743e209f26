"""What tiers do at night: look at the periods that ended, and at everybody where the thresholds changed."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import DailyJob
from loyalty.jobs.run import Run
from loyalty.lib.periods import start_of_day
from loyalty.programs.models import Program
from loyalty.tiers import operations, queries

CHUNK = 20_000


def review(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    at = start_of_day(run.day, program.tzinfo)
    changed_at = queries.raising_since(program=program, at=at)
    for first, last in run.chunks(*queries.members_to_review(program=program, at=at), size=CHUNK):
        with transaction.atomic():
            reviewed = operations.review_tiers(program=program, at=at, first_member=first, last_member=last)
            run.advance(cursor=last, **reviewed._asdict())
    if changed_at:
        operations.end_raising(program=program, changed_at=changed_at)


def is_due(program: Program, day: date) -> bool:
    at = start_of_day(day, program.tzinfo)
    return queries.members_to_review(program=program, at=at) != (None, None)


def register() -> None:
    registry.register(
        DailyJob(
            name="tiers",
            title=_("Look at the tiers whose period ended"),
            order=40,
            work=review,
            has_work=is_due,
            labels={
                "renewed": _("kept for another period"),
                "dropped": _("came down"),
                "raised": _("rose, because the thresholds changed"),
                "hand_ended": _("set by hand, ended"),
            },
        )
    )
