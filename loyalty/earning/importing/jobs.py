"""The import as a background job, for staff who upload a file: live progress, cancel, the refused rows to download.

What is in the job's cursor is committed; a killed or retried run goes on behind it. The uploaded file holds personal
data and is deleted once it was read to its end.
"""

from datetime import datetime
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import storages
from django.utils.translation import get_language, gettext_lazy, override, pgettext_lazy
from django.utils.translation import gettext as _

from loyalty.earning.importing.errors_file import ErrorsFile
from loyalty.earning.importing.layout import Layout, inspect
from loyalty.earning.importing.loading import Chunk, load
from loyalty.earning.importing.order import Order
from loyalty.jobs import operations, registry
from loyalty.jobs.models import Job
from loyalty.jobs.registry import JobKind
from loyalty.jobs.run import JobError, Run
from loyalty.lib.csv_files import FileRefused
from loyalty.programs.models import Program

NAME = "import_activities"
PERMISSION = "earning.import_activity"
UPLOADS = "imports/"
LABELS = {
    "rows": gettext_lazy("rows"),
    "imported": gettext_lazy("imported"),
    "duplicates": gettext_lazy("there already"),
    "errors": pgettext_lazy("rows", "refused"),
    "file": gettext_lazy("kept as"),
    "name": gettext_lazy("file"),
    "source": gettext_lazy("source"),
    "enrol": gettext_lazy("unknown members are enrolled"),
    "dry_run": gettext_lazy("dry run"),
    "language": gettext_lazy("language"),
}


def request_import(*, program: Program, upload: File, source: str, enrol: bool, dry_run: bool, by, at: datetime) -> Job:
    """Keep the uploaded file and ask for its import. Raises `FileRefused` where it cannot be read at all."""
    storage = storages["private"]
    name = storage.save(f"{UPLOADS}{at:%Y%m%d-%H%M%S}.csv", upload)
    try:
        inspect(Path(storage.path(name)))
    except FileRefused:
        storage.delete(name)
        raise
    params = {
        "file": name,
        "name": upload.name,
        "source": source,
        "enrol": enrol,
        "dry_run": dry_run,
        "language": get_language(),
    }
    period = f"{at.astimezone(program.tzinfo):%Y-%m-%d %H:%M:%S.%f}"
    return operations.start(name=NAME, scope=program.code, period=period, by=by, at=at, params=params)


def work(run: Run) -> None:
    storage = storages["private"]
    with override(run.params["language"]):
        if not storage.exists(run.params["file"]):
            raise JobError(_("The uploaded file is no longer there."))
        path = Path(storage.path(run.params["file"]))
        try:
            layout = inspect(path)
        except FileRefused as refusal:
            raise JobError(str(refusal)) from refusal
        _import(run, path, layout)
        storage.delete(run.params["file"])
        _later(path).unlink(missing_ok=True)
        if run.report.get("errors") and not run.report["imported"] and not run.report["duplicates"]:
            raise JobError(_("Nothing could be imported."))


def _import(run: Run, path: Path, layout: Layout) -> None:
    order = Order(
        path=path,
        layout=layout,
        program=Program.objects.get(code=run.scope),
        source=run.params["source"],
        at=run.at,
        by=run.by,
        enrol=run.params["enrol"],
        dry_run=run.params["dry_run"],
        after=run.cursor,
        later=_later(path),
    )
    report = _Report(run, layout)
    run.expect(layout.rows)
    with report:
        for _chunk in load(order, settle=report.settle):
            run.check()


def _later(path: Path) -> Path:
    return path.with_suffix(".later")


class _Report:
    """Settles chunks with the job. The errors file is made when the first row is refused."""

    def __init__(self, run: Run, layout: Layout):
        self._run = run
        self._layout = layout
        self._errors_file: ErrorsFile | None = None

    def settle(self, chunk: Chunk) -> None:
        run = self._run
        if chunk.refused:
            self._write_errors(chunk)
        counts = {"imported": chunk.imported, "duplicates": chunk.duplicates, "errors": len(chunk.refused)}
        done = self._rows_up_to(chunk.cursor) - self._rows_up_to(run.cursor)
        run.advance(cursor=chunk.cursor, done=done, rows=chunk.rows, **counts)

    def _rows_up_to(self, cursor: int) -> int:
        """Behind the last row stands what is tried again."""
        return max(min(cursor, self._layout.last_row) - self._layout.header_row, 0)

    def _write_errors(self, chunk: Chunk) -> None:
        if self._errors_file is None:
            done = self._run.report.get("errors", 0)
            self._errors_file = ErrorsFile(self._run.result_path("errors.csv"), self._layout, done=done)
        self._errors_file.write(chunk.refused)
        for row, refusal in chunk.refused:
            self._run.error(refusal, row=row.number, column=refusal.column)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        if self._errors_file:
            self._errors_file.close()


def register() -> None:
    registry.register(
        JobKind(
            name=NAME,
            title=gettext_lazy("Import activities"),
            work=work,
            permission=PERMISSION,
            labels=LABELS,
        )
    )
