"""A `Run` is what the work of a job holds in its hand: what to do, how far an earlier run came, where to report.

It is not the `Job`: a job may take several runs (killed, resumed, retried). Only the latest run may write, which
`attempts` settles in the database: an older run that was taken for dead finds its row gone and rolls its chunk back.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from django.core.files.storage import storages
from django.db import connection
from django.db.models import F
from django.utils import timezone

from loyalty.jobs.models import Job

BEAT_EVERY = timedelta(seconds=15)
ERRORS_KEPT = 200


class JobError(Exception):
    """The work cannot go on; the message is translated and shown to staff."""


class Cancelled(Exception):
    """Staff called the job off. What is committed stays."""


class TakenOver(Exception):
    """Another worker runs the job: this one was silent for too long."""


class Run:
    def __init__(self, job: Job, at: datetime):
        self._job = job
        self._origin: int | None = None
        self._beat_at = timezone.now()
        self._unsaved: dict = {}
        self.at = at

    # What to do

    @property
    def scope(self) -> str:
        return self._job.scope

    @property
    def period(self) -> str:
        return self._job.period

    @property
    def day(self) -> date:
        return date.fromisoformat(self._job.period)

    @property
    def params(self) -> dict:
        return self._job.params

    @property
    def by(self):
        return self._job.by

    @property
    def catching_up(self) -> bool:
        """The day is past: its messages are recorded as skipped."""
        return self._job.catching_up

    # How far it has come

    @property
    def cursor(self) -> int:
        return self._job.cursor

    @property
    def report(self) -> dict:
        """What was reported so far, earlier runs included; change it with `advance` and `note`."""
        return dict(self._job.report)

    def chunks(self, first: int | None, last: int | None, *, size: int) -> Iterator[tuple[int, int]]:
        """Ranges of ids `(first, last)`, both inclusive, that are not yet done. Nothing where there are no ids.

        Between two chunks the run gives a sign of life and stops if staff called it off.
        """
        if first is None or last is None:
            return
        self._origin = first
        self.expect(last - first + 1)
        start = max(first, self.cursor + 1)
        while start <= last:
            self.check()
            yield start, min(start + size - 1, last)
            start = max(start + size, self.cursor + 1)

    def expect(self, total: int) -> None:
        """How much there is to do, in the unit of `done`. Saved with the next sign of life."""
        self._unsaved["total"] = total

    def advance(self, *, cursor: int, done: int | None = None, **increments: int) -> None:
        """Everything up to `cursor` is done. Stands in the transaction of the effect.

        `done` is what was added; inside `chunks` it is known. `increments` are added to the report.
        """
        if not connection.in_atomic_block:
            raise RuntimeError("advance() belongs into the transaction of the chunk's effect.")
        report = self.report
        for key, value in increments.items():
            report[key] = report.get(key, 0) + value
        if done is None and self._origin is not None:
            done = cursor - max(self._origin, self.cursor + 1) + 1
        self._save(cursor=cursor, done=F("done") + (done or 0), report=report)

    def note(self, **facts) -> None:
        """Facts for the report that are not counts: a reason, a file's encoding."""
        self._save(report=self.report | facts)

    def error(self, message, **where) -> None:
        """One thing that went wrong without stopping the work, e.g. `row=12, field="amount"`.

        Saved with the next `advance`, or at the end. The row keeps the first of them and the number of all.
        """
        errors = self._unsaved.get("errors", self._job.errors)
        if len(errors) < ERRORS_KEPT:
            self._unsaved["errors"] = [*errors, {**where, "message": str(message)}]
        self._unsaved["error_count"] = self._unsaved.get("error_count", self._job.error_count) + 1

    def check(self) -> None:
        """A sign of life, and the end of the run where staff called it off. Call it between chunks."""
        cancelled = self._row().values_list("cancel_requested", flat=True).first()
        if cancelled is None:
            raise TakenOver
        if cancelled:
            raise Cancelled
        if timezone.now() - self._beat_at >= BEAT_EVERY:
            self._save()

    def result_path(self, filename: str) -> Path:
        """Where this job leaves a file for staff, e.g. `errors.csv`: private, the same for every run of the job."""
        name = f"jobs/{self._job.pk}/{filename}"
        path = Path(storages["private"].path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        if self._job.result_file != name:
            self._save(result_file=name)
        return path

    def finish(self, state: str, *, failure: str = "") -> None:
        """The last word of the run; the worker's, not the work's."""
        if state != Job.State.SUCCEEDED:
            self._unsaved.clear()  # they belong to a chunk that was rolled back and will be done again
        self._save(state=state, failure=failure, finished_at=timezone.now())

    def _row(self):
        return Job.objects.filter(pk=self._job.pk, state=Job.State.RUNNING, attempts=self._job.attempts)

    def _save(self, **values) -> None:
        now = timezone.now()
        values = self._unsaved | values
        if not self._row().update(heartbeat_at=now, **values):
            raise TakenOver
        self._beat_at, self._unsaved = now, {}
        for name in values.keys() - {"done"}:
            setattr(self._job, name, values[name])
