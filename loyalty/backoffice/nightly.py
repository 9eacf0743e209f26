"""The night of a program: every daily job of every day since its first activity, in order, each once.

It is not a job itself and keeps nothing: what was done stands in the jobs' rows, so that a missed night is caught up
by the next and a doubled one finds nothing to do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Min

from loyalty.earning.models import Activity
from loyalty.jobs import operations, queries, registry
from loyalty.jobs.models import Job
from loyalty.jobs.registry import DailyJob
from loyalty.lib.periods import ONE_DAY, days, local_date
from loyalty.programs.models import Program

# A job that keeps failing is left to staff after this many runs; a night by hand tries it all the same.
AUTOMATIC_ATTEMPTS = 5
IDLE_TOGETHER = 500


@dataclass
class Night:
    """What a night did. `ended_by` is the job that stopped it early: another worker holds it, or it failed."""

    jobs: list[Job] = field(default_factory=list)
    idle: int = 0
    ended_by: Job | None = None

    @property
    def is_busy(self) -> bool:
        """Another worker holds the next job: the night can be run again when that one is done."""
        return self.ended_by is not None and self.ended_by.is_active


def run_night(
    *,
    program: Program,
    as_of: date,
    at: datetime,
    only: str = "",
    by_hand: bool = False,
    since: date | None = None,
    on_day: Callable[[date], None] = lambda day: None,
) -> Night:
    """Run what is missing from the program's first day to `as_of`, both included, in this process.

    `at` is now: a job of a day before it is told that it is catching up, and sends no messages. `only` is the name of
    one job. An essential job that fails ends the night: later ones would build on what it did not do. `since` is for
    who runs night after night: the days before it are known to be complete and are not looked at.
    """
    night = Night()
    today = local_date(at, program.tzinfo)
    idle: list[tuple[str, date]] = []
    for day, kind in _missing(program, since or first_day(program), as_of, only):
        on_day(day)
        if kind.has_work is not None and not kind.has_work(program, day):
            idle.append((kind.name, day))
            if len(idle) >= IDLE_TOGETHER:
                _note(night, program, idle, at)
            continue
        _note(night, program, idle, at)
        job = _run(program, kind, day, at=at, catching_up=day < today, by_hand=by_hand)
        night.jobs.append(job)
        if job.is_active or (kind.essential and job.state == Job.State.FAILED):
            night.ended_by = job
            break
    _note(night, program, idle, at)
    return night


def first_day(program: Program) -> date | None:
    """The local day of the program's first activity.

    Kind by kind, each a seek in the index of program, kind and moment: a plain minimum would read all activities.
    """
    activities = Activity.objects.filter(program=program)
    moments, kind = [], ""
    while kind := activities.filter(kind__gt=kind).aggregate(Min("kind"))["kind__min"]:
        moments.append(activities.filter(kind=kind).aggregate(Min("occurred_at"))["occurred_at__min"])
    return local_date(min(moments), program.tzinfo) if moments else None


def _missing(program: Program, first: date | None, as_of: date, only: str) -> Iterator[tuple[date, DailyJob]]:
    if first is None:
        return
    kinds = [kind for kind in registry.daily_jobs() if only in ("", kind.name)]
    settled = queries.settled(scope=program.code, since=first)
    for day in days(first, as_of + ONE_DAY):
        period = day.isoformat()
        for kind in kinds:
            if kind.is_due(day) and (kind.name, period) not in settled:
                yield day, kind


def _run(program: Program, kind: DailyJob, day: date, *, at: datetime, catching_up: bool, by_hand: bool) -> Job:
    job = operations.ensure(
        name=kind.name, scope=program.code, period=day.isoformat(), by=None, at=at, catching_up=catching_up
    )
    return operations.run(job, at=at, retry=by_hand or job.attempts < AUTOMATIC_ATTEMPTS)


def _note(night: Night, program: Program, idle: list[tuple[str, date]], at: datetime) -> None:
    if idle:
        operations.note_idle(scope=program.code, jobs=idle, at=at)
        night.idle += len(idle)
        idle.clear()
