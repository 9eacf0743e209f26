"""The kinds of work that the rooms bring. A kind is not a job: a `Job` is one piece of work of a kind, for one scope
and one period.

A room registers its kinds when Django starts, in `AppConfig.ready()`; this floor knows none of them by name:

    # loyalty/ledger/apps.py
    def ready(self):
        from loyalty.ledger import jobs
        jobs.register()

    # loyalty/ledger/jobs.py
    def expire(run):
        program = Program.objects.get(code=run.scope)
        at = start_of_day(run.day, program.tzinfo)
        for first, last in run.chunks(*member_range(program=program), size=5000):
            with transaction.atomic():
                points = operations.expire(program=program, at=at, first_member=first, last_member=last)
                run.advance(cursor=last, points=points)

    def register():
        registry.register(DailyJob(name="expire", title=_("Expire points"), order=20, work=expire))

`run` is a `loyalty.jobs.run.Run`. `run.advance` stands in the transaction of the chunk's effect: either both are
committed or neither, so that a killed process loses nothing and its successor repeats nothing. An exception ends the
run: a `JobError` carries a text for staff, any other goes to the log.

A daily job as of day D stands at 00:00 of D in the program's zone. The night runs the jobs of a day by `order`:
activate 10, expire 20, issue 30, birthdays 36, tiers 40, segments 45, messages 50, snapshots 60. Work on demand (an
import, a batch of cards) is a `JobKind`, registered the same way and asked for with `loyalty.jobs.operations.start`.

Celery tasks that run by the clock are announced with `schedule(Beat(...))` and become rows that staff can edit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from loyalty.jobs.run import Run

OPERATE = "jobs.change_job"


def every_day(day: date) -> bool:
    return True


def first_of_month(day: date) -> bool:
    return day.day == 1


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """`permission` is what staff need to cancel and retry, and to see the parameters, the errors and the file.

    `title` is a lazy translation; `labels` holds those of the keys that the work uses in its report and its errors.
    """

    name: str
    title: Any
    work: Callable[["Run"], None]
    permission: str = OPERATE
    labels: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DailyJob(JobKind):
    """Work of the night, once per program and day.

    `is_due(day)`: whether the day has such a job at all. `has_work(program, day)`: a question of a millisecond that
    lets catching up pass over days on which there is nothing to do; they are noted as done without a run.
    `essential`: when it fails, nothing later of that program runs before it has succeeded.
    """

    order: int
    is_due: Callable[[date], bool] = every_day
    has_work: Callable[[Any, date], bool] | None = None
    essential: bool = True


@dataclass(frozen=True, kw_only=True)
class Beat:
    """A Celery task at a fixed interval. It becomes an editable row once; staff's edits of that row are kept."""

    name: str
    title: Any
    task: str
    every: timedelta


_kinds: dict[str, JobKind] = {}
_beats: dict[str, Beat] = {}


def register(kind: JobKind) -> None:
    if kind.name in _kinds:
        raise ImproperlyConfigured(f"Two kinds of job are called {kind.name!r}.")
    _kinds[kind.name] = kind


def find(name: str) -> JobKind | None:
    return _kinds.get(name)


def kinds() -> list[JobKind]:
    return list(_kinds.values())


def daily_jobs() -> list[DailyJob]:
    """In the order of the night."""
    daily = [kind for kind in _kinds.values() if isinstance(kind, DailyJob)]
    return sorted(daily, key=lambda kind: (kind.order, kind.name))


def schedule(beat: Beat) -> None:
    _beats[beat.name] = beat


def beats() -> dict[str, Beat]:
    return dict(_beats)
