"""What can be done with programs: make one, open its stores, place staff, announce its end."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.lib.periods import local_date
from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program, Store


@transaction.atomic
def create_program(*, code: str, name: str, at: datetime, by, **policies: Any) -> Program:
    """A new program; `policies` are fields of `Program`. Raises `ValidationError` with each message at its field."""
    return save_checked(Program(code=code, name=name, **policies), by=by, at=at)


@transaction.atomic
def create_store(*, program: Program, code: str, name: str, at: datetime, by, **details: Any) -> Store:
    return save_checked(Store(program=program, code=code, name=name, **details), by=by, at=at)


@transaction.atomic
def assign_staff(*, store: Store, user) -> None:
    """From now on the user works in this store, among others perhaps. Twice changes nothing."""
    store.staff.add(user)


@transaction.atomic
def withdraw_staff(*, store: Store, user) -> None:
    store.staff.remove(user)


@transaction.atomic
def announce_closing(
    *, program: Program, last_earning: date, last_redemption: date, final_expiry: date, at: datetime, by
) -> Program:
    """Announce the end of a program, or move its days. Points earned from now on expire by the final day.

    The days are the program's own local days and each is still included.
    """
    program = Program.objects.select_for_update().get(pk=program.pk)
    today = local_date(at, program.tzinfo)
    if last_earning < today:
        raise ValidationError({"last_earning_date": _("The last earning day cannot lie in the past.")})
    program.closing_announced_date = program.closing_announced_date or today
    program.last_earning_date = last_earning
    program.last_redemption_date = last_redemption
    program.final_expiry_date = final_expiry
    return save_checked(program, by=by, at=at)


@transaction.atomic
def withdraw_closing(*, program: Program, at: datetime, by) -> Program:
    """The program goes on after all. What has expired meanwhile stays expired."""
    program = Program.objects.select_for_update().get(pk=program.pk)
    program.closing_announced_date = None
    program.last_earning_date = program.last_redemption_date = program.final_expiry_date = None
    return save_checked(program, by=by, at=at)
