"""The night of punch cards: what has ended is marked and announced, what is owed is given once it is in stock."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import DailyJob
from loyalty.jobs.run import Run
from loyalty.lib.periods import start_of_day
from loyalty.programs.models import Program
from loyalty.punchcards import operations, queries
from members.queries import member_range

CHUNK = 20_000


def end_of_day(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    at = start_of_day(run.day, program.tzinfo)
    for first, last in run.chunks(*member_range(program=program), size=CHUNK):
        with transaction.atomic():
            members = {"program": program, "at": at, "first_member": first, "last_member": last}
            expired = operations.expire_cards(**members)
            rewards = operations.give_missing_rewards(**members)
            run.advance(cursor=last, expired=expired, rewards=rewards)


def has_work(program: Program, day: date) -> bool:
    return queries.has_night_work(program=program, at=start_of_day(day, program.tzinfo))


def register() -> None:
    registry.register(
        DailyJob(
            name="punchcards",
            title=_("Expire punch cards"),
            order=46,
            work=end_of_day,
            has_work=has_work,
            labels={"expired": _("punch cards that expired"), "rewards": _("rewards given late")},
            essential=False,
        )
    )
