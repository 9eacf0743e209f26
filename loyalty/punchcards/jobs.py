"""The night of punch cards: what has ended is marked and announced, what is owed is given once it is in stock."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import DailyJob
from loyalty.jobs.run import Run
from loyalty.lib.periods import start_of_day
from loyalty.programs.models import Program
from loyalty.punchcards import operations, queries

CHUNK = 20_000


def end_of_day(run: Run) -> None:
    program, at = _standpoint(run.scope, run.day)
    for first, last in run.chunks(*queries.member_range(program=program), size=CHUNK):
        with transaction.atomic():
            members = {"program": program, "at": at, "first_member": first, "last_member": last}
            expired = operations.expire_cards(**members)
            rewards = operations.give_missing_rewards(**members)
            run.advance(cursor=last, expired=expired, rewards=rewards)


def has_work(scope: str, day: date) -> bool:
    program, at = _standpoint(scope, day)
    return queries.has_night_work(program=program, at=at)


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


def _standpoint(scope: str, day: date) -> tuple[Program, datetime]:
    program = Program.objects.get(code=scope)
    return program, start_of_day(day, program.tzinfo)
