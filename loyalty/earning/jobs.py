"""What earning does by night: it records the day's birthdays. And on demand: it tells the tiers of the past."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.earning import birthdays, replaying
from loyalty.jobs import registry
from loyalty.jobs.registry import DailyJob
from loyalty.jobs.run import Run
from loyalty.lib.periods import start_of_day
from loyalty.programs.models import Program
from members.queries import member_range

# Members, not birthdays: even where half the members were born on 1 January, a chunk is a batch of an import's size.
CHUNK = 4_000


def record_birthdays(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    at = start_of_day(run.day, program.tzinfo)
    for first, last in run.chunks(*member_range(program=program), size=CHUNK):
        with transaction.atomic():
            recorded = birthdays.record_birthdays(program=program, at=at, first_member=first, last_member=last)
            run.advance(cursor=last, birthdays=recorded)


def are_awaited(program: Program, day: date) -> bool:
    return birthdays.are_awaited(program=program, at=start_of_day(day, program.tzinfo))


def register() -> None:
    registry.register(replaying.JOB)
    registry.register(
        DailyJob(
            name="birthdays",
            title=_("Record birthdays"),
            order=36,
            work=record_birthdays,
            has_work=are_awaited,
            labels={"birthdays": _("birthdays")},
        )
    )
