"""The ledger's two jobs of the night: what has matured becomes usable, what has lapsed is taken."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import DailyJob
from loyalty.jobs.run import Run
from loyalty.ledger import operations
from loyalty.ledger.models import Account, Lot
from loyalty.lib.periods import start_of_day
from loyalty.programs.models import Program

# Members, not rows: a chunk takes seconds at most, so that a cancelled or killed run stops or resumes quickly.
CHUNK = 20_000


def activate(run: Run) -> None:
    _sweep(run, operations.activate_pending)


def expire(run: Run) -> None:
    _sweep(run, operations.expire)


def has_matured(scope: str, day: date) -> bool:
    program, at = _standpoint(scope, day)
    return Lot.objects.filter(is_pending=True, active_at__lte=at, account__program=program).exists()


def has_lapsed(scope: str, day: date) -> bool:
    program, at = _standpoint(scope, day)
    return operations.has_lapsed(program=program, at=at)


def register() -> None:
    labels = {"points": _("points")}
    for name, title, order, work, has_work in [
        ("activate", _("Activate pending points"), 10, activate, has_matured),
        ("expire", _("Expire points"), 20, expire, has_lapsed),
    ]:
        registry.register(DailyJob(name=name, title=title, order=order, work=work, has_work=has_work, labels=labels))


def _sweep(run: Run, verb) -> None:
    program, at = _standpoint(run.scope, run.day)
    members = Account.objects.filter(program=program).aggregate(first=Min("member_id"), last=Max("member_id"))
    for first, last in run.chunks(members["first"], members["last"], size=CHUNK):
        with transaction.atomic():
            points = verb(program=program, at=at, first_member=first, last_member=last)
            run.advance(cursor=last, points=points)


def _standpoint(scope: str, day: date) -> tuple[Program, datetime]:
    """A job as of a day stands at 00:00 of that day in the program's zone."""
    program = Program.objects.get(code=scope)
    return program, start_of_day(day, program.tzinfo)
