"""What a journey is: a form, what it does when confirmed, and how that is taken back.

To write one: a module in `journeys` with a form (`forms.JourneyForm`) and a `Journey`, its line in
`journeys.JOURNEYS`, its value in `CounterAction.Journey`, a template `counter/journeys/<code>.html`, and in `receipts`
what its outcome says.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from loyalty.counter.models import CounterAction
from members.models import Member

if TYPE_CHECKING:
    from loyalty.counter.till import Till

SOURCE = "counter"
CHANNEL = "store"
NOT_CONTENT = ("csrfmiddlewaretoken", "key", "ticket", "supervisor", "pin")


def digest_of(code: str, whom: str, fields: QueryDict) -> str:
    """What a form says and for whom, so that the same form sent again is known."""
    content = {name: values for name, values in fields.lists() if name not in NOT_CONTENT}
    return hashlib.sha256(json.dumps([code, whom, content], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Ask:
    """What a clerk confirms: the cleaned form, the key that was drawn with it, for whom, where and when.

    `at` is when it is recorded. `digest` tells the same form sent again from one that was changed in between.
    """

    till: "Till"
    member: Member | None
    data: Mapping[str, Any]
    key: UUID
    at: datetime
    digest: str = ""

    @property
    def confirmed_at(self) -> datetime:
        """When the clerk confirmed: earlier than `at` where the till was without the server."""
        return self.till.now

    @property
    def member_id(self) -> int:
        assert self.member is not None  # noqa: S101  the journeys of a member are asked with one
        return self.member.pk


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: `outcome` for the receipt, the rest for the audit. `by_hand` counts against the day's limit."""

    outcome: dict[str, Any]
    source: str = SOURCE
    reference: str = ""
    receipt: str = ""
    by_hand: int = 0
    member: Member | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """Subclasses say `perform`, and `undo` where it can be taken back."""

    code: str
    title: Any
    form_class: type
    needs_member: bool = True
    can_be_undone: bool = True
    can_wait: bool = False  # a till may keep it while it is without the server
    tab: Any = ""  # where the title is too long for one
    icon: str = ""
    preview_template: str = ""

    @property
    def label(self):
        """For its tab on the page of the member."""
        return self.tab or self.title

    @property
    def template(self) -> str:
        return f"counter/journeys/{self.code}.html"

    def needs(self, till: "Till", member: Member) -> QuerySet | None:
        """What there has to be for the page of the member to show it; None where it always does."""
        return None

    def above_limit(self, ask: Ask) -> str:
        """Why a supervisor has to confirm it; empty where nobody has to."""
        return ""

    def context(self, till: "Till", member: Member | None, at: datetime) -> dict[str, Any]:
        """What the template shows beside the form."""
        return {}

    def preview(self, ask: Ask) -> Any:
        """What confirming would come to, where it has a template for it. Writes nothing, raises as `perform` does."""
        raise NotImplementedError

    def perform(self, ask: Ask) -> Done:
        raise NotImplementedError

    def undo(self, action: CounterAction, *, at: datetime, by) -> None:
        raise NotImplementedError
