import json
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics import queries
from loyalty.lib.periods import Every, local_date
from loyalty.programs.models import Program

USAGE = 2
FARTHEST_WEEKS = 520


def iso_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(_("“%(text)s” is not a date; write it as 1997-09-30.") % {"text": text}) from None


def weeks(text: str) -> int:
    if text.isdecimal() and 0 < int(text) <= FARTHEST_WEEKS:
        return int(text)
    raise ArgumentTypeError(
        _("“%(text)s” is not a number of weeks from 1 to %(most)d.") % {"text": text, "most": FARTHEST_WEEKS}
    )


class Command(BaseCommand):
    help = "Retention, customer value, or a program in a few figures. Exit 2 where the question makes no sense."

    def add_arguments(self, parser):
        reports = parser.add_subparsers(dest="report", required=True, metavar="retention|clv|summary")
        retention = reports.add_parser("retention", help="who stayed, who came, who bought again, period by period")
        retention.add_argument("--from", dest="start", type=iso_date, required=True, help="first day")
        retention.add_argument("--to", dest="end", type=iso_date, required=True, help="the day after the last")
        retention.add_argument("--every", choices=[every.value for every in Every], default=Every.MONTH.value)
        clv = reports.add_parser("clv", help="customer value: BG/NBD and Gamma-Gamma, and how the forecast did")
        clv.add_argument("--calibrate-to", type=iso_date, required=True, help="last day that the models may see")
        clv.add_argument("--horizon-weeks", type=weeks, required=True)
        summary = reports.add_parser("summary", help="members, activities, points and money in all")
        for report in (retention, clv, summary):
            report.add_argument("--program", required=True, metavar="CODE")
            report.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args, **options):
        program = Program.objects.filter(code=options["program"]).first()
        if program is None:
            raise CommandError(_("There is no program “%(code)s”.") % {"code": options["program"]}, returncode=USAGE)
        found = getattr(self, options["report"])(program, options)
        if options["json"]:
            self.stdout.write(json.dumps(found, allow_nan=False))
        else:
            self.stdout.writelines(f"{line}\n" for line in readable(found))

    def retention(self, program: Program, options: dict) -> dict[str, Any]:
        try:
            found = queries.retention(program, options["start"], options["end"], Every(options["every"]))
        except queries.NotAPeriod as error:
            raise CommandError(str(error), returncode=USAGE) from error
        return {"periods": queries.as_report(found)}

    def clv(self, program: Program, options: dict) -> dict[str, Any]:
        last_day: date = options["calibrate_to"]
        today = local_date(timezone.now(), program.tzinfo)
        if not queries.EARLIEST <= last_day <= today:
            text = _("Calibrate to a day from %(first)s to %(today)s: nothing else has been observed.")
            raise CommandError(text % {"first": queries.EARLIEST, "today": today}, returncode=USAGE)
        return queries.customer_value(program, last_day, options["horizon_weeks"])

    def summary(self, program: Program, options: dict) -> dict[str, Any]:
        return queries.summary(program).as_report()


def readable(value: Any, indent: str = "") -> list[str]:
    """The report as indented lines for people; the names are those of the JSON."""
    lines = []
    for name, each in value.items():
        if isinstance(each, list):
            lines += [f"{indent}  ".join(f"{key}={item}" for key, item in row.items()) for row in each]
        elif isinstance(each, dict):
            lines += [f"{indent}{name}", *readable(each, indent + "  ")]
        else:
            lines.append(f"{indent}{name}: {'–' if each is None else each}")
    return lines
