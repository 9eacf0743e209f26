"""What is to be imported, for which program and how: the same for the command and for the job."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from loyalty.earning import operations
from loyalty.earning.importing.layout import Layout
from loyalty.earning.inputs import ActivityInput, Recorded, Refused
from loyalty.programs.models import Program

# A source names members' identifiers too (`members.ExternalId.source`), which is a slug.
SOURCE = r"[-a-zA-Z0-9_]{1,50}"

Answer = Recorded | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`at` is the moment of the run: what lies after it lies in the future.

    A run that may be resumed is done up to the cursor `after`, and has a file for what is to be tried `later`.
    """

    path: Path
    layout: Layout
    program: Program
    source: str
    at: datetime
    by: Any = None
    enrol: bool = False
    dry_run: bool = False
    after: int = 0
    later: Path | None = None

    def record(self, activities: Sequence[ActivityInput]) -> list[Answer]:
        if not activities:
            return []
        return operations.record_activities(
            program=self.program,
            source=self.source,
            activities=activities,
            at=self.at,
            by=self.by,
            history=True,
            enrol=self.enrol,
        )
