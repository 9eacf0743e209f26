"""A conflict as a manager reads it: what was typed, under the names of the form's fields."""

from dataclasses import dataclass

from loyalty.counter.journeys import JOURNEYS
from loyalty.counter.journeys.selling import LineForm
from loyalty.counter.models import Conflict
from loyalty.programs.models import Store
from loyalty.punchcards.models import PunchCardProgram
from rewards.models import Voucher

CHOSEN = {"card": PunchCardProgram, "vouchers": Voucher}


@dataclass(frozen=True, slots=True)
class Shown:
    """`whom` is the member's number, or what was typed where it named nobody; `is_here`: of the till's own store."""

    conflict: Conflict
    whom: str
    rows: list[tuple[str, str]]
    is_here: bool


def shown(conflict: Conflict, *, here: Store) -> Shown:
    fields = LineForm.base_fields | JOURNEYS[conflict.journey].form_class.base_fields
    labels = {name: field.label for name, field in fields.items()}
    rows = [
        (labels.get(name.rpartition("-")[2], name), ", ".join(_said(name, values)))
        for name, values in conflict.typed["fields"].items()
        if name != "key" and any(values)
    ]
    whom = conflict.member.number if conflict.member else conflict.typed["whom"]
    return Shown(conflict, whom, rows, conflict.store_id == here.pk)


def _said(name: str, values: list[str]) -> list[str]:
    """What was chosen from a list came as the number of a row."""
    if name not in CHOSEN:
        return values
    return [str(each) for each in CHOSEN[name].objects.filter(pk__in=[value for value in values if value.isdecimal()])]
