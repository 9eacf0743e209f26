"""Load a file of activities. Exit code 1 only where nothing could be imported, 2 for wrong arguments, 3 for a run that
was cut short: what is committed stays, and the same command goes on.
"""

import json
import os
import re
import time
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty.earning.importing.errors_file import ErrorsFile, write_refused_file
from loyalty.earning.importing.layout import COLUMNS, inspect
from loyalty.earning.importing.loading import Chunk, load
from loyalty.earning.importing.order import SOURCE, Order
from loyalty.lib.csv_files import FileRefused
from loyalty.programs.models import Program

NOTHING_IMPORTED, WRONG_ARGUMENTS, CUT_SHORT = 1, 2, 3
ERRORS_SHOWN = 20


@dataclass
class Tally:
    rows: int = 0
    imported: int = 0
    duplicates: int = 0
    errors: int = 0

    def add(self, chunk: Chunk) -> None:
        self.rows += chunk.rows
        self.imported += chunk.imported
        self.duplicates += chunk.duplicates
        self.errors += len(chunk.refused)

    @property
    def nothing_could_be_imported(self) -> bool:
        return bool(self.errors) and not self.imported and not self.duplicates


class Command(BaseCommand):
    help = f"Import activities from a CSV file with the columns {', '.join(COLUMNS)}."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the CSV file, with a header")
        parser.add_argument("--program", required=True, metavar="CODE", help="the program's code")
        parser.add_argument("--enrol", action="store_true", help="enrol members that are not known yet")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument("--errors", type=Path, metavar="FILE", help="where refused rows go, as CSV")
        parser.add_argument("--source", default="import", metavar="NAME", help="whose identifiers these are")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON on stdout")

    def handle(self, **options):
        program = _program(options)
        _check_files(options)
        started, tally, refusal = time.monotonic(), Tally(), None
        try:
            self._import(program, options, tally)
        except FileRefused as refused:
            refusal = refused
            if options["errors"]:
                _write_refused_file(options["errors"], refused)
        except (OperationalError, OSError, KeyboardInterrupt) as error:
            message = _("The import stopped after %(rows)d rows (%(reason)s). The same command goes on from there.")
            params = {"rows": tally.rows, "reason": str(error) or _("interrupted")}
            raise CommandError(message % params, returncode=CUT_SHORT) from error
        self._report(tally, refusal, round(time.monotonic() - started, 3), options)

    def _import(self, program: Program, options: dict, tally: Tally) -> None:
        order = Order(
            path=options["file"],
            layout=inspect(options["file"]),
            program=program,
            source=options["source"],
            at=timezone.now(),
            enrol=options["enrol"],
            dry_run=options["dry_run"],
        )
        with _errors_file(options["errors"], order) as errors_file:
            for chunk in load(order):
                self._show_errors(chunk, shown=tally.errors)
                tally.add(chunk)
                if errors_file:
                    errors_file.write(chunk.refused)
                self._show_progress(tally, order.layout.rows)

    def _show_errors(self, chunk: Chunk, shown: int) -> None:
        for row, refusal in chunk.refused[: max(ERRORS_SHOWN - shown, 0)]:
            place = _("Row %(row)d") % {"row": row.number} + (f", {refusal.column}" if refusal.column else "")
            self.stderr.write(f"{place}: {refusal}")
        if shown <= ERRORS_SHOWN < shown + len(chunk.refused):
            self.stderr.write(_("More rows are refused; --errors FILE takes them all."))

    def _show_progress(self, tally: Tally, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"{tally.rows:,} / {total:,}", style_func=str, ending="\r")

    def _report(self, tally: Tally, refusal: FileRefused | None, seconds: float, options: dict) -> None:
        report = asdict(tally) | {"seconds": seconds}
        if options["json"]:
            self.stdout.write(json.dumps(report | ({"refused": str(refusal)} if refusal else {})))
        elif refusal is None:
            message = _(
                "%(rows)d rows: %(imported)d imported, %(duplicates)d there already, %(errors)d refused; %(seconds)s s."
            )
            self.stdout.write(message % report)
            if options["dry_run"]:
                self.stdout.write(_("This was a dry run: nothing was written."))
        if refusal:
            where = _("Row %(row)d") % {"row": refusal.row} + ": " if refusal.row else ""
            raise CommandError(f"{where}{refusal}", returncode=NOTHING_IMPORTED)
        if tally.nothing_could_be_imported:
            raise CommandError(_("Nothing could be imported."), returncode=NOTHING_IMPORTED)


def _program(options: dict) -> Program:
    if not re.fullmatch(SOURCE, options["source"]):
        message = _("A source is named with up to 50 letters, digits, hyphens and underscores.")
        raise CommandError(message, returncode=WRONG_ARGUMENTS)
    program = Program.objects.filter(code=options["program"]).first()
    if program is None:
        message = _("There is no program “%(code)s”.") % {"code": options["program"]}
        raise CommandError(message, returncode=WRONG_ARGUMENTS)
    return program


def _check_files(options: dict) -> None:
    file, errors = options["file"], options["errors"]
    if not (file.is_file() and os.access(file, os.R_OK)):
        message = _("There is no file “%(file)s” that can be read.") % {"file": file}
        raise CommandError(message, returncode=WRONG_ARGUMENTS)
    if errors and errors.resolve() == file.resolve():
        message = _("The refused rows cannot go into the file that is imported.")
        raise CommandError(message, returncode=WRONG_ARGUMENTS)


def _errors_file(path: Path | None, order: Order):
    if path is None:
        return nullcontext()
    try:
        return ErrorsFile(path, order.layout)
    except OSError as error:
        raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error


def _write_refused_file(path: Path, refusal: FileRefused) -> None:
    try:
        write_refused_file(path, refusal)
    except OSError as error:
        raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
