"""The gallery of programs: each module of this package holds one `TEMPLATE`, as plain data, and nothing else.

A template is where a retailer begins. `load` makes a program of it; from then on the program is the retailer's own,
and loading the template again changes nothing, whatever was edited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.db import transaction

from loyalty.earning import versions
from loyalty.programs import operations as programs
from loyalty.programs.models import Program
from rewards import operations as rewards


@dataclass(frozen=True, kw_only=True)
class ProgramTemplate:
    """What a program starts with. The mappings are the arguments of the operations that make the rows.

    `title` is a lazy translation of what the program is, in a sentence. Rules without a start date hold for
    everything that ever happened, so that a log of old purchases can be loaded.
    """

    code: str
    title: Any
    program: Mapping[str, Any]
    earning_rules: Sequence[Mapping[str, Any]] = ()
    issuance: Mapping[str, Any] | None = None
    burn_rules: Sequence[Mapping[str, Any]] = field(default=())
    rewards: Sequence[Mapping[str, Any]] = field(default=())


def templates() -> dict[str, ProgramTemplate]:
    """Every template by its code."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return {module.TEMPLATE.code: module.TEMPLATE for module in modules}


@transaction.atomic
def load(template: ProgramTemplate, *, at: datetime, by=None) -> tuple[Program, bool]:
    """The program of the template and whether it was made now. One that is there is left as it is."""
    known = Program.objects.filter(code=template.code).first()
    if known is not None:
        return known, False
    program = programs.create_program(code=template.code, at=at, by=by, **template.program)
    for rule in template.earning_rules:
        versions.add_rule(program=program, at=at, by=by, **rule)
    for rule in template.burn_rules:
        rewards.add_burn_rule(program=program, at=at, by=by, **rule)
    for reward in template.rewards:
        rewards.add_reward(program=program, at=at, by=by, **reward)
    if template.issuance:
        rewards.set_issuance_rule(program=program, at=at, by=by, **template.issuance)
    return program, True
