"""Run the daily jobs by hand, missed days first."""

import json
import time
from collections import Counter
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.backoffice.nightly import run_night
from loyalty.jobs import registry
from loyalty.jobs.models import Job
from loyalty.lib.admin import grouped
from loyalty.lib.periods import local_date
from loyalty.programs.models import Program

BAD_ARGUMENTS = 2
SECONDS_BETWEEN_LINES = 1


class Command(BaseCommand):
    help = _(
        "Runs the daily jobs of a day in the order of the night, after those of the days missed since the program's "
        "first activity. What has run is not run again. Exit code 1: a job failed; 2: bad arguments."
    )

    def add_arguments(self, parser):
        names = ", ".join(_names())
        parser.add_argument("--as-of", metavar="DATE", help=_("The day, as 2025-12-31. Today when left out."))
        parser.add_argument("--only", metavar="NAME", default="", help=_("One job of: %(names)s.") % {"names": names})
        parser.add_argument("--program", metavar="CODE", default="", help=_("One program. All when left out."))
        parser.add_argument("--json", action="store_true", help=_("The result as JSON, alone on the standard output."))

    def handle(self, *, as_of, only, program, **options):
        day = _day(as_of) if as_of else None
        _check_name(only)
        results = {one.code: self._run(one, day, only) for one in _programs(program)}
        if options["json"]:
            self.stdout.write(json.dumps({"as_of": as_of, "programs": results}, indent=2))
        else:
            self._print(results)
        failures = [failure for result in results.values() for failure in result["failures"]]
        if failures:
            lines = [f"{failure['job']} {failure['day']}: {failure['reason']}" for failure in failures]
            raise CommandError("\n".join(lines))

    def _run(self, program, as_of, only):
        """One program's nights; where a background worker holds a job, wait for it and go on after it."""
        now = timezone.now()
        as_of = as_of or local_date(now, program.tzinfo)
        jobs, idle, progress = [], 0, _Progress(self.stderr, program, as_of)
        while True:
            night = run_night(program=program, as_of=as_of, at=now, only=only, by_hand=True, on_day=progress.on_day)
            jobs += [job for job in night.jobs if not job.is_active]
            idle += night.idle
            if not night.is_busy:
                return _result(jobs, idle)
            progress.waiting_for(night.ended_by)
            time.sleep(SECONDS_BETWEEN_LINES)

    def _print(self, results):
        for code, result in results.items():
            count = sum(result["ran"].values())
            self.stdout.write(f"{code}: " + ngettext("%(count)d job", "%(count)d jobs", count) % {"count": count})
            for name, times in result["ran"].items():
                kind = registry.find(name)
                sums = result["reports"].get(name, {})
                figures = ", ".join(f"{grouped(value)} {kind.labels.get(key, key)}" for key, value in sums.items())
                self.stdout.write(f"  {kind.title} × {times}" + (f": {figures}" if figures else ""))
            if idle := result["idle"]:
                nothing = ngettext("%(count)d had nothing to do", "%(count)d had nothing to do", idle)
                self.stdout.write("  " + nothing % {"count": idle})


class _Progress:
    """A line on the standard error each second: the day that is being run."""

    def __init__(self, out, program, as_of):
        self._out, self._program, self._as_of = out, program, as_of
        self._next = time.monotonic()

    def on_day(self, day: date) -> None:
        if time.monotonic() >= self._next:
            self._write(f"{day.isoformat()} → {self._as_of.isoformat()}")

    def waiting_for(self, job: Job) -> None:
        self._write(_("waiting for another worker: %(job)s") % {"job": job})

    def _write(self, text):
        self._out.write(f"{self._program.code}: {text}")
        self._next = time.monotonic() + SECONDS_BETWEEN_LINES


def _names() -> list[str]:
    return [kind.name for kind in registry.daily_jobs()]


def _bad(message: str) -> CommandError:
    return CommandError(message, returncode=BAD_ARGUMENTS)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _bad(_("“%(text)s” is not a day; write it as 2025-12-31.") % {"text": text}) from None


def _check_name(name: str) -> None:
    if name and name not in _names():
        names = ", ".join(_names())
        raise _bad(_("There is no daily job “%(name)s”; there are: %(names)s.") % {"name": name, "names": names})


def _programs(code: str) -> list[Program]:
    if not code:
        return list(Program.objects.order_by("code"))
    programs = list(Program.objects.filter(code=code))
    if not programs:
        raise _bad(_("There is no program “%(code)s”.") % {"code": code})
    return programs


def _result(jobs: list[Job], idle: int) -> dict:
    """How often each job ran, the sums of its reports, and what failed. `idle`: jobs that had nothing to do."""
    reports: dict[str, Counter] = {}
    for job in jobs:
        counts = {key: value for key, value in job.report.items() if isinstance(value, int)}
        reports.setdefault(job.name, Counter()).update(counts)
    return {
        "ran": dict(Counter(job.name for job in jobs)),
        "idle": idle,
        "reports": {name: dict(sums) for name, sums in reports.items() if sums},
        "failures": [
            {"job": job.name, "day": job.period, "reason": job.failure} for job in jobs if job.state == Job.State.FAILED
        ],
    }
