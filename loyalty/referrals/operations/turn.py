"""One turn at a program's referrals: what is decided in it, and written at its end in a few statements.

Referrals of a program change one transaction after the other. A turn locks the accounts of those who may get or lose
points, then the row of the `ReferralProgram`; everybody locks in this order, and friends before their referrers.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Sum

from loyalty.events.operations import Happening, emit_many
from loyalty.ledger.operations import Batch
from loyalty.lib.periods import Every, local_date, period_start
from loyalty.programs.kinds import Effect
from loyalty.programs.models import Program
from loyalty.referrals.models import Referral, ReferralProgram, ReferralRevenue, ReferralStep
from loyalty.referrals.people import persons
from loyalty.referrals.rules import Person

EFFECT = "referral"
CHANGED = (
    "state",
    "reason",
    "suspicions",
    "cleared",
    "buy_by",
    "purchase_id",
    "purchased_at",
    "purchase_net",
    "due_at",
    "decided_at",
    "decided_by",
    "rewarded_at",
)


@dataclass
class Turn:
    program: Program
    at: datetime
    by: Any = None
    effects: list[Effect] = field(default_factory=list)
    _new: dict[int, Referral] = field(default_factory=dict)
    _changed: dict[int, Referral] = field(default_factory=dict)
    _steps: list[ReferralStep] = field(default_factory=list)
    _revenue: list[ReferralRevenue] = field(default_factory=list)
    _happenings: list[Happening] = field(default_factory=list)
    _persons: dict[int, Person] = field(default_factory=dict)

    def begin(self, member_ids: Iterable[int | None]) -> ReferralProgram:
        """Take the turn. `member_ids` are those whose points may move."""
        lock_accounts(self.program, {member_id for member_id in member_ids if member_id})
        return lock_program(self.program)

    def persons(self, member_ids: Iterable[int | None]) -> dict[int, Person]:
        """By member; read once in a turn."""
        wanted = {member_id for member_id in member_ids if member_id}
        self._persons |= persons(self.program, wanted - self._persons.keys(), self.at)
        return self._persons

    def start(self, referral: Referral) -> None:
        """A referral that this turn makes; its id is reserved."""
        self._new[referral.pk] = referral

    def step(
        self, referral: Referral, state: str, reason: str, *, activity_id: int | None = None, note: str = "", **more
    ) -> None:
        """A decision: the state, the reason that stays on the row, the history, and the effect for the activity.

        `more` is what the effect tells beside. A change of facts that decides nothing is `touch`.
        """
        referral.state, referral.decided_at, referral.decided_by = state, self.at, self.by
        stays = state in (Referral.State.REFUSED, Referral.State.HELD, Referral.State.UNDONE)
        referral.reason = reason if stays else ""
        self.touch(referral)
        self.note(referral, reason, activity_id=activity_id, note=note, **more)

    def note(self, referral: Referral, reason: str, *, activity_id: int | None = None, note: str = "", **more) -> None:
        """Something that came of it and leaves the state as it is."""
        self._steps.append(
            ReferralStep(
                referral_id=referral.pk,
                member_id=referral.friend_id,
                state=referral.state,
                reason=reason,
                note=note,
                activity_id=activity_id,
                at=self.at,
                by=self.by,
            )
        )
        if activity_id:
            self.effect(activity_id, reason, referral=referral.pk, **more)

    def touch(self, referral: Referral) -> None:
        if referral.pk not in self._new:
            self._changed[referral.pk] = referral

    def effect(self, activity_id: int, reason: str, **more) -> None:
        self.effects.append(Effect(activity_id, {"effect": EFFECT, "reason": str(reason), **more}))

    def count(self, referral: Referral, kind: str, amount: int, occurred_at: datetime, **more) -> None:
        """An amount for the report."""
        self._revenue.append(
            ReferralRevenue(
                program_id=self.program.pk,
                referral_id=referral.pk,
                referrer_id=referral.referrer_id,
                ambassador_id=referral.ambassador_id,
                member_id=referral.friend_id,
                kind=kind,
                amount=amount,
                occurred_at=occurred_at,
                month=period_start(local_date(occurred_at, self.program.tzinfo), Every.MONTH),
                **more,
            )
        )

    def revenue_of(self, referral: Referral) -> int:
        """What the friend's purchases come to, those of this turn included."""
        money = (ReferralRevenue.Kind.PURCHASE, ReferralRevenue.Kind.REFUND)
        known = ReferralRevenue.objects.filter(referral=referral, kind__in=money).aggregate(Sum("amount", default=0))
        fresh = (row.amount for row in self._revenue if row.referral_id == referral.pk and row.kind in money)
        return known["amount__sum"] + sum(fresh)

    def announce(self, kind: str, referral: Referral, occurred_at: datetime, **payload) -> None:
        """To the referrer: the event names them, and the friend in its payload."""
        self._happenings.append(
            Happening(
                kind=kind,
                program_code=self.program.code,
                member_id=referral.referrer_id,
                occurred_at=occurred_at,
                recorded_at=self.at,
                payload={"referral": referral.pk, "friend": referral.friend_id, **payload},
            )
        )

    def write(self) -> list[Effect]:
        Referral.objects.bulk_create(self._new.values())
        if self._changed:
            Referral.objects.bulk_update(self._changed.values(), CHANGED)
        ReferralStep.objects.bulk_create(self._steps)
        ReferralRevenue.objects.bulk_create(self._revenue)
        emit_many(self._happenings)
        return self.effects


def lock_accounts(program: Program, member_ids: Collection[int]) -> None:
    """In the order of their ids."""
    if member_ids:
        Batch(program=program, member_ids=member_ids)


def lock_program(program: Program) -> ReferralProgram:
    return ReferralProgram.objects.select_for_update(of=("self",)).get(program=program)
