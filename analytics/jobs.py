"""The snapshots that the first night of a month takes. They change no points, so they hold nothing else up."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from analytics import facts, operations
from loyalty.jobs import registry
from loyalty.jobs.run import Run
from loyalty.programs.models import Program

ORDER = 60
CHUNK = 5000


def snapshot_retention(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    run.note(periods=operations.snapshot_retention(program=program, as_of=run.day, at=run.at))


def snapshot_value(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    valuation = operations.value_members(program=program, as_of=run.day, at=run.at)
    if valuation.snapshot.refused:
        run.note(refused=1)  # the snapshot's own page says why, in its reader's language
    for first, last in run.chunks(*valuation.member_range, size=CHUNK):
        with transaction.atomic():
            members = operations.record_values(valuation=valuation, first_member=first, last_member=last)
            run.advance(cursor=last, members=members)


def somebody_bought(program: Program, day: date) -> bool:
    return facts.first_and_last_purchase(program, day) is not None


def register() -> None:
    for name, title, work in [
        ("snapshot_retention", _("Retention snapshot"), snapshot_retention),
        ("snapshot_value", _("Value snapshot"), snapshot_value),
    ]:
        registry.register(
            registry.DailyJob(
                name=name,
                title=title,
                work=work,
                order=ORDER,
                is_due=registry.first_of_month,
                has_work=somebody_bought,
                essential=False,
                labels={"periods": _("periods"), "members": _("members"), "refused": _("forecasts refused")},
            )
        )
