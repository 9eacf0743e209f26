"""Members' summary rows as a file each night, for tools that fetch instead of listening.

Only of members who said yes to e-mails. The file lies in the private storage beside its job, where whoever has the
right downloads it; a week of them is kept. It is written anew by each run of the job and appears whole or not at all.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import operations, registry
from loyalty.jobs.models import Job
from loyalty.jobs.registry import JobKind
from loyalty.jobs.run import JobError, Run
from loyalty.lib.money import to_decimal
from loyalty.lib.periods import local_date
from loyalty.lib.spreadsheets import spreadsheet_safe
from loyalty.programs.models import Program
from members.models import Consent, Enrolment
from members.queries import members_with_consent

NAME = "export_members"
PERMISSION = "webhooks.download_endpoint"
CHUNK = 5_000
KEPT = 7
COLUMNS = {
    "number": str,
    "email": str,
    "phone": str,
    "first_name": str,
    "last_name": str,
    "language": str,
    "postcode": str,
    "tags": str,
    "enrolled_at": datetime,
    "channel": str,
    "tier": str,
    "plan": str,
    "points": int,
    "purchases": int,
    "spend": Decimal,
    "first_purchase_at": datetime,
    "last_purchase_at": datetime,
    "last_activity_at": datetime,
    "predicted_value": Decimal,
}


def ask_for_exports(*, at: datetime) -> list[Job]:
    """Today's export of each program, on the program's calendar; asked for again, it is the same job."""
    if not settings.MEMBER_EXPORT:
        return []
    return [
        operations.start(
            name=NAME, scope=program.code, period=local_date(at, program.tzinfo).isoformat(), by=None, at=at
        )
        for program in Program.objects.order_by("pk")
    ]


def work(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    ends = Enrolment.objects.filter(program=program).aggregate(first=Min("member_id"), last=Max("member_id"))
    target = run.result_path(f"members.{settings.MEMBER_EXPORT or 'csv'}")
    unfinished = target.with_suffix(".part")
    written = 0
    with _writer(unfinished) as write:
        for first in range(ends["first"] or 0, (ends["last"] or -1) + 1, CHUNK):
            run.check()
            rows = list(_rows(program, first, first + CHUNK - 1))
            write(rows)
            written += len(rows)
    unfinished.replace(target)
    target.chmod(0o600)
    with transaction.atomic():
        run.advance(cursor=ends["last"] or 0, done=written, rows=written)
    _forget_old(run)


def _rows(program: Program, first: int, last: int) -> Iterator[dict[str, Any]]:
    here = Enrolment.objects.filter(
        program=program, member_id__gte=first, member_id__lte=last, status=Enrolment.Status.ACTIVE
    )
    enrolments = list(here.filter(member__status="active").select_related("member").order_by("member_id"))
    agreed = members_with_consent([each.member_id for each in enrolments], Consent.Channel.EMAIL)
    for enrolment in enrolments:
        if enrolment.member_id in agreed:
            yield _row(enrolment, program.money_currency)


def _row(enrolment: Enrolment, currency: str) -> dict[str, Any]:
    member = enrolment.member
    own = {"points": enrolment.balance, "spend": to_decimal(enrolment.spend, currency), "tags": ", ".join(member.tags)}
    row = {}
    for name, kind in COLUMNS.items():
        value = own[name] if name in own else getattr(enrolment if hasattr(enrolment, name) else member, name)
        row[name] = str(value or "") if kind is str else value
    return row


@contextmanager
def _writer(path: Path) -> Iterator[Any]:
    """A function that takes rows, for the format that the installation wants."""
    if settings.MEMBER_EXPORT == "parquet":
        with _parquet(path) as write:
            yield write
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        yield lambda rows: table.writerows([_cells(row) for row in rows])


def _cells(row: dict[str, Any]) -> list[Any]:
    shown = [value.isoformat() if isinstance(value, datetime) else value for value in row.values()]
    return [spreadsheet_safe(value) for value in shown]


@contextmanager
def _parquet(path: Path) -> Iterator[Any]:
    """By the extra `parquet`, which only installations that want it have."""
    try:
        import pyarrow
        from pyarrow.parquet import ParquetWriter
    except ImportError as missing:
        raise JobError(_("Parquet needs the extra “parquet” of this package.")) from missing
    types = {
        str: pyarrow.string(),
        int: pyarrow.int64(),
        datetime: pyarrow.timestamp("us", tz="UTC"),
        Decimal: pyarrow.decimal128(20, 4),
    }
    schema = pyarrow.schema([(name, types[kind]) for name, kind in COLUMNS.items()])
    with ParquetWriter(path, schema) as file:
        yield lambda rows: file.write_table(pyarrow.Table.from_pylist(rows, schema=schema))


def _forget_old(run: Run) -> None:
    """Files hold personal data: the last days' are enough."""
    earlier = Job.objects.filter(name=NAME, scope=run.scope, period__lte=run.period).exclude(result_file="")
    storage = storages["private"]
    for name in earlier.order_by("-period").values_list("result_file", flat=True)[KEPT:]:
        storage.delete(name)


def register() -> None:
    registry.register(
        JobKind(
            name=NAME,
            title=_("Export members for other tools"),
            work=work,
            permission=PERMISSION,
            labels={"rows": _("rows")},
        )
    )
