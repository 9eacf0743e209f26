"""What other rooms may ask about programs and stores."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from loyalty.programs import rules
from loyalty.programs.models import Program, Store


class ProgramUnknown(Exception):
    """No program has this code."""

    code = "program_unknown"


def program_of(code: str) -> Program:
    """The program with this code. Raises `ProgramUnknown`."""
    program = Program.objects.filter(code=code).first()
    if program is None:
        raise ProgramUnknown(_("There is no program “%(code)s”.") % {"code": code})
    return program


def stores_by_code(program: Program) -> dict[str, Store]:
    """All stores of a program, closed ones included: their past goes on."""
    return {store.code: store for store in Store.objects.filter(program=program)}


def phase(program: Program, day: date) -> rules.Phase:
    """Where the program stands on a day of its own time zone, from open to closed."""
    return rules.phase(day, *(getattr(program, field) for field in rules.CLOSING_FIELDS))
