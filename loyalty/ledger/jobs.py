"""The ledger's two jobs of the night: what has matured becomes usable, what has lapsed is taken."""

from datetime import date

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import DailyJob
from loyalty.jobs.run import Run
from loyalty.ledger import operations
from loyalty.ledger.models import Account
from loyalty.lib.periods import start_of_day
from loyalty.programs.models import Program

# Members, not rows: a chunk takes seconds at most, so that a cancelled or killed run stops or resumes quickly.
CHUNK = 20_000


def activate(run: Run) -> None:
    _sweep(run, operations.activate_pending)


def expire(run: Run) -> None:
    _sweep(run, operations.expire)


def has_matured(program, day: date) -> bool:
    return operations.has_matured(program=program, at=start_of_day(day, program.tzinfo))


def has_lapsed(program, day: date) -> bool:
    return operations.has_lapsed(program=program, at=start_of_day(day, program.tzinfo))


def register() -> None:
    labels = {"points": _("points")}
    for name, title, order, work, has_work in [
        ("activate", _("Activate pending points"), 10, activate, has_matured),
        ("expire", _("Expire points"), 20, expire, has_lapsed),
    ]:
        registry.register(DailyJob(name=name, title=title, order=order, work=work, has_work=has_work, labels=labels))


def _sweep(run: Run, verb) -> None:
    program = Program.objects.get(code=run.scope)
    at = start_of_day(run.day, program.tzinfo)  # a job as of a day stands at 00:00 of it
    members = Account.objects.filter(program=program).aggregate(first=Min("member_id"), last=Max("member_id"))
    for first, last in run.chunks(members["first"], members["last"], size=CHUNK):
        with transaction.atomic():
            points = verb(program=program, at=at, first_member=first, last_member=last)
            run.advance(cursor=last, points=points)
