"""What referrals do at night: rewards whose return window has passed."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import DailyJob
from loyalty.jobs.run import Run
from loyalty.lib.periods import start_of_day
from loyalty.programs.models import Program
from loyalty.referrals import operations, queries

CHUNK = 20_000  # members, of whom few are friends whose reward falls due on one day


def settle(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    at = start_of_day(run.day, program.tzinfo)
    for first, last in run.chunks(*queries.range_due(program=program, at=at), size=CHUNK):
        with transaction.atomic():
            settled = operations.settle(program=program, at=at, first_member=first, last_member=last)
            run.advance(cursor=last, **settled._asdict())


def has_due(program: Program, day: date) -> bool:
    return queries.has_due(program=program, at=start_of_day(day, program.tzinfo))


def register() -> None:
    registry.register(
        DailyJob(
            name="referrals",
            title=_("Rewards for referrals"),
            order=42,
            work=settle,
            has_work=has_due,
            labels={"rewarded": _("referrers rewarded"), "lapsed": _("friends who did not buy in time")},
        )
    )
