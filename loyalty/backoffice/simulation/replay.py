"""Time passes from event to event: each midnight of the program's zone runs its night, each event its verb."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import operations as campaigns
from loyalty.backoffice.nightly import run_night
from loyalty.backoffice.simulation.fields import check_fields
from loyalty.backoffice.simulation.standing import standing
from loyalty.backoffice.simulation.story import Event, Story, StoryRefused, in_zone
from loyalty.backoffice.simulation.verbs import VERBS, Stage, code_refused
from loyalty.events.operations import publish
from loyalty.jobs.models import Job
from loyalty.ledger.audit import audit_ledger
from loyalty.lib.periods import ONE_DAY, days, local_date, start_of_day
from loyalty.programs.models import Program


class NightFailed(Exception):
    """A job of a night failed; the story cannot go on."""


@dataclass
class Replay:
    program: Program
    checks: list[dict] = field(default_factory=list)
    refusals: list[dict] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stage = Stage(self.program)
        self._day: date | None = None

    def tell(self, story: Story) -> dict[str, Any]:
        """The whole story. Raises `StoryRefused` for events out of order, `NightFailed` for a broken job."""
        tz = self.program.tzinfo
        events = [(in_zone(event.at, tz), event) for event in story.events]
        for (earlier, _first), (later, event) in zip(events, events[1:], strict=False):
            if later < earlier:
                raise StoryRefused(_("Event %(index)d happens before the one above it.") % {"index": event.index})
        for at, event in events:
            self._pass_to(at)
            self._do(event, at)
            self._send(at)
        return {
            "checks": self.checks,
            "refusals": self.refusals,
            "audit": {"drift": audit_ledger().as_dict()["drift"]},
        }

    def _pass_to(self, at: datetime) -> None:
        """The night of every day up to that moment, each at its midnight."""
        today = local_date(at, self.program.tzinfo)
        if self._day is None:
            self._day = today
        for day in days(self._day + ONE_DAY, today + ONE_DAY):
            midnight = start_of_day(day, self.program.tzinfo)
            with transaction.atomic():
                night = run_night(program=self.program, as_of=day, at=midnight, since=day)
            if night.ended_by is not None and night.ended_by.state == Job.State.FAILED:
                raise NightFailed(f"{night.ended_by}: {night.ended_by.failure}")
            self._send(midnight)
        self._day = today

    def _do(self, event: Event, at: datetime) -> None:
        if event.do == "check":
            checked = standing(self._stage.program, self._stage.members, at)
            self.checks.append({"at": event.at.isoformat(timespec="minutes"), "members": checked})
            return
        try:
            check_fields(event.fields)
            with transaction.atomic():
                VERBS[event.do](self._stage, event, at)
            refusal = code_refused(self._stage, event)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
        if refusal is not None:
            self.refusals.append({"event": event.index, **refusal})

    def _send(self, at: datetime) -> None:
        """What the clock of the messages does every minute."""
        publish()
        campaigns.send_waiting(clock=lambda: at)


def refusal_of(error: Exception) -> dict[str, str] | None:
    """What the operation refused, for machines and people; None for an error that is nobody's refusal."""
    if isinstance(error, ValidationError):
        return {"code": "invalid", "reason": " ".join(error.messages)}
    if isinstance(error, ObjectDoesNotExist):
        return {"code": "unknown", "reason": str(error)}
    code = getattr(error, "code", None)
    return {"code": str(code), "reason": str(error)} if code else None
