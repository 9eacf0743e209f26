"""What partners do in the background: at night on the first of a month the statements of the month before; whenever a
partner's file comes, the search for what differs."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import operations as jobs
from loyalty.jobs import registry
from loyalty.jobs.models import Job
from loyalty.jobs.registry import DailyJob, JobKind, first_of_month
from loyalty.jobs.run import JobError, Run
from loyalty.lib.csv_files import FileRefused
from loyalty.lib.periods import add_months, local_date, start_of_day
from loyalty.partners import matching, operations, reading
from loyalty.partners.matching import Item, Tolerance
from loyalty.partners.models import Contract, MatchedLine, PartnerLine, Statement, StatementUpload
from loyalty.programs.models import Program

MATCHING = "match_partner_file"
TOGETHER = 1_000


def settle(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    at = start_of_day(run.day, program.tzinfo)
    with transaction.atomic():
        issued = operations.settle_all(program=program, month=add_months(run.day, -1), at=at)
        run.advance(cursor=1, statements=issued)


def has_contracts(program: Program, day: date) -> bool:
    return Contract.objects.filter(program=program).exists()


def start_matching(*, upload: StatementUpload, by, at: datetime) -> Job:
    """Hold the file against the statement, in the background."""
    scope, period = upload.statement.program.code, f"file-{upload.pk}"
    return jobs.start(name=MATCHING, scope=scope, period=period, by=by, at=at, params={"upload": upload.pk})


def match_file(run: Run) -> None:
    """The file is small beside what is written about it: it is read as a whole, and the findings in chunks. The same
    file gives the same findings in the same order, so that a killed run goes on behind the last chunk."""
    upload = StatementUpload.objects.select_related("statement__program").get(pk=run.params["upload"])
    pairs = matching.match(_ours(upload.statement), list(_theirs(run, upload)), Tolerance(upload.days, upload.amount))
    run.expect(len(pairs))
    for start in range(run.cursor, len(pairs), TOGETHER):
        run.check()
        part = pairs[start : start + TOGETHER]
        with transaction.atomic():
            counts = operations.note_matches(upload=upload, pairs=part, at=run.at)
            run.advance(cursor=start + len(part), done=len(part), **counts)


def _ours(statement: Statement) -> list[Item]:
    zone = statement.program.tzinfo
    lines = statement.lines.exclude(kind=PartnerLine.Kind.PAYMENT).order_by("pk")
    return [
        Item(pk, reference, local_date(moment, zone), points, amount)
        for pk, reference, moment, points, amount in lines.values_list(
            "pk", "reference", "occurred_at", "points", "amount"
        )
    ]


def _theirs(run: Run, upload: StatementUpload) -> Iterator[Item]:
    path = Path(storages["private"].path(upload.file))
    try:
        found = reading.layout(path)
    except (FileRefused, OSError) as refusal:
        raise JobError(str(refusal)) from refusal
    for each in reading.items(path, found, upload.statement.currency):
        if isinstance(each, Item):
            yield each
        elif run.cursor == 0:
            run.error(each, row=each.row, column=each.column)


def register() -> None:
    registry.register(
        JobKind(
            name=MATCHING,
            title=_("Match a partner’s file"),
            work=match_file,
            permission="partners.match_statement",
            labels={**dict(MatchedLine.Result.choices), "upload": _("partner’s file")},
        )
    )
    registry.register(
        DailyJob(
            name="partner_statements",
            title=_("Statements of partners"),
            order=70,
            work=settle,
            is_due=first_of_month,
            has_work=has_contracts,
            essential=False,
            labels={"statements": _("statements issued")},
        )
    )
