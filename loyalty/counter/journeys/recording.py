"""Journeys that record an activity of the member: what they gave is taken back by refunding all of it."""

from dataclasses import dataclass
from datetime import datetime

from loyalty.counter.journey import SOURCE, Journey
from loyalty.counter.models import CounterAction
from loyalty.earning.operations import MemberRef, refund_activity


@dataclass(frozen=True, slots=True)
class RecordingJourney(Journey):
    """`perform` records one activity, whose external id is the form's key."""

    def undo(self, action: CounterAction, *, at: datetime, by) -> None:
        refund_activity(
            program=action.program,
            source=SOURCE,
            external_id=f"undo:{action.reference}",
            refunds=action.reference,
            member=MemberRef("id", str(action.member_id)),
            at=at,
            by=by,
        )
