"""What partners do at night: on the first of a month the statements of the month before."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.jobs import registry
from loyalty.jobs.registry import DailyJob, first_of_month
from loyalty.jobs.run import Run
from loyalty.lib.periods import add_months, start_of_day
from loyalty.partners import operations
from loyalty.partners.models import Contract
from loyalty.programs.models import Program


def settle(run: Run) -> None:
    program = Program.objects.get(code=run.scope)
    at = start_of_day(run.day, program.tzinfo)
    with transaction.atomic():
        issued = operations.settle_all(program=program, month=add_months(run.day, -1), at=at)
        run.advance(cursor=1, statements=issued)


def has_contracts(scope: str, day: date) -> bool:
    return Contract.objects.filter(program__code=scope).exists()


def register() -> None:
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
