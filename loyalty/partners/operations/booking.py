"""The lines that activities and redemptions leave, in their own transaction.

Points are charged and paid by the rate of the day on which it happened; what undoes a line goes by the rate of that
line. What a load of the past brings is nobody's to pay.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from loyalty.ledger.currencies import Currency
from loyalty.partners import queries
from loyalty.partners.models import BudgetUse, Contract, PackDraw, PartnerLine, PartnerMember, PrepaidPack
from loyalty.partners.rules import Draw, draw, put_back, undone_worth, worth
from loyalty.programs.kinds import Effect, Happened
from loyalty.programs.models import Program
from rewards.models import Redemption
from rewards.operations.errors import RewardsError
from rewards.rules import Refusal

from .agreed import Agreed, is_charged

LineKind = PartnerLine.Kind


class PartnerRefused(RewardsError):
    """Points cannot be spent at this partner now."""


def follow(*, program: Program, happened: Sequence[Happened], at: datetime, by=None) -> list[Effect]:
    """Book what was earned at a partner and what refunds took back. Told by the one verb; the decision says it all."""
    agreed = Agreed.of(program, happened[0].source)
    counted = [each for each in happened if each.points and not each.is_history]
    if agreed and counted:
        booking = _Booking(agreed, at, by)
        booking.accrue([each for each in counted if each.points > 0])
        booking.take_back([each for each in counted if each.refund_of and each.points < 0])
    return []


def redeemed(*, redemption: Redemption, at: datetime, by=None) -> None:
    """Book points that are spent at a partner. Raises `PartnerRefused`."""
    agreed = Agreed.of(redemption.program, redemption.source)
    if agreed is None:
        return
    if refusal := agreed.refusal(redemption.redeemed_at):
        raise PartnerRefused(Refusal(refusal.code, refusal.message))
    contract = agreed.contract(redemption.redeemed_at)
    if contract is None or not contract.can_redeem or redemption.currency != Currency.POINTS:
        message = _("The contract with %(partner)s does not cover spending this.") % {"partner": agreed.partner}
        raise PartnerRefused(Refusal("partner_takes_no_points", message))
    _Booking(agreed, at, by).redeem(redemption, contract)


def rolled_back(*, redemption: Redemption, at: datetime, by=None) -> None:
    """What a partner was to get for points that are given back, it gets no longer."""
    cause = f"redemption:{redemption.pk}"
    lines = PartnerLine.objects.filter(program=redemption.program, kind=LineKind.REDEMPTION, cause=cause)
    for line in lines:
        PartnerLine.objects.create(
            partner_id=line.partner_id,
            program_id=line.program_id,
            contract_id=line.contract_id,
            member_id=line.member_id,
            public_id=line.public_id,
            kind=LineKind.ROLLBACK,
            points=-line.points,
            rate=line.rate,
            amount=-line.amount,
            reference=line.reference,
            cause=cause,
            undoes=line,
            occurred_at=at,
            recorded_at=at,
            by=by,
        )


@dataclass(slots=True)
class _Booking:
    agreed: Agreed
    at: datetime
    by: Any
    lines: list[PartnerLine] = field(default_factory=list)

    def accrue(self, happened: Sequence[Happened]) -> None:
        known = self._known_as({each.member_id for each in happened})
        charged: list[PartnerLine] = []
        for each in happened:
            contract = self.agreed.contract(each.occurred_at)
            if contract and is_charged(contract, each.kind):
                charged.append(self._accrual(each, contract, known[each.member_id]))
        PartnerLine.objects.bulk_create(charged)
        self._draw([line for line in charged if line.prepaid_points])
        self._count([(line, line.points, self.agreed.day(line.occurred_at)) for line in charged])

    def _accrual(self, each: Happened, contract: Contract, public_id: UUID) -> PartnerLine:
        is_prepaid = contract.billing == Contract.Billing.PREPAID
        return self._line(
            contract,
            member_id=each.member_id,
            public_id=public_id,
            kind=LineKind.ACCRUAL,
            points=each.points,
            rate=contract.accrual_rate,
            amount=0 if is_prepaid else worth(each.points, contract.accrual_rate, contract.rounding),
            prepaid_points=-each.points if is_prepaid else 0,
            reference=each.external_id,
            cause=f"activity:{each.activity_id}",
            occurred_at=each.occurred_at,
        )

    def redeem(self, redemption: Redemption, contract: Contract) -> None:
        rate = contract.redemption_rate
        self._line(
            contract,
            member_id=redemption.member_id,
            public_id=self._known_as({redemption.member_id})[redemption.member_id],
            kind=LineKind.REDEMPTION,
            points=-redemption.points,
            rate=rate,
            amount=-worth(redemption.points, rate, contract.rounding),
            reference=redemption.external_id,
            cause=f"redemption:{redemption.pk}",
            occurred_at=redemption.redeemed_at,
        ).save()

    def take_back(self, refunds: Sequence[Happened]) -> None:
        causes = {f"activity:{each.refund_of.activity_id}" for each in refunds if each.refund_of}
        if not causes:
            return
        accruals = PartnerLine.objects.filter(
            partner=self.agreed.partner, program=self.agreed.program, kind=LineKind.ACCRUAL, cause__in=causes
        ).select_related("contract")
        origins = {line.cause: line for line in accruals.annotate(undone=Sum("undone_by__points", default=0))}
        taken: list[PartnerLine] = []
        counted: list[tuple[PartnerLine, int, date]] = []
        for each in refunds:
            origin = origins.get(f"activity:{each.refund_of.activity_id}") if each.refund_of else None
            if origin and (now := min(-each.points, origin.points + origin.undone)):
                taken.append(self._refund(each, origin, now))
                counted.append((taken[-1], -now, self.agreed.day(origin.occurred_at)))
                origin.undone -= now
        PartnerLine.objects.bulk_create(taken)
        self._put_back([line for line in taken if line.prepaid_points])
        self._count(counted)

    def _refund(self, each: Happened, origin: Any, now: int) -> PartnerLine:
        """`origin.undone` is what its refunds before this one took, as a number below zero."""
        rate, rounding = origin.rate, origin.contract.rounding
        less = undone_worth(points=origin.points, undone=-origin.undone, now=now, rate=rate, rounding=rounding)
        return self._line(
            origin.contract,
            member_id=each.member_id,
            public_id=origin.public_id,
            kind=LineKind.REFUND,
            points=-now,
            rate=rate,
            amount=0 if origin.prepaid_points else -less,
            prepaid_points=now if origin.prepaid_points else 0,
            reference=each.external_id,
            cause=f"activity:{each.activity_id}",
            undoes=origin,
            occurred_at=each.occurred_at,
        )

    def _line(self, contract: Contract, **values) -> PartnerLine:
        common = {"partner": self.agreed.partner, "program": self.agreed.program, "contract": contract}
        return PartnerLine(**common, recorded_at=self.at, by=self.by, **values)

    def _known_as(self, member_ids: set[int]) -> dict[int, UUID]:
        """The identifier of each member; whom the partner has not met gets one."""
        who: dict[str, Any] = {"partner": self.agreed.partner, "program": self.agreed.program}
        known = queries.public_ids(**who, member_ids=member_ids)
        if new := sorted(member_ids - known.keys()):
            links = [PartnerMember(**who, member_id=member_id, linked_at=self.at, by=self.by) for member_id in new]
            PartnerMember.objects.bulk_create(links, ignore_conflicts=True)
            known = queries.public_ids(**who, member_ids=member_ids)
        return known

    def _draw(self, lines: Sequence[PartnerLine]) -> None:
        if not lines:
            return
        packs = PrepaidPack.objects.filter(partner=self.agreed.partner, program=self.agreed.program, left__gt=0)
        left = dict(packs.select_for_update(no_key=True).order_by("bought_at", "pk").values_list("pk", "left"))
        drawn: list[tuple[PartnerLine, Draw]] = []
        for line in lines:
            for part in draw(-line.prepaid_points, left.items()):
                left[part.pack] -= part.points
                drawn.append((line, part))
        self._move(drawn, sign=1)

    def _put_back(self, lines: Sequence[PartnerLine]) -> None:
        returned: list[tuple[PartnerLine, Draw]] = []
        for line in lines:
            origin = line.undoes
            before = PackDraw.objects.filter(line=origin) | PackDraw.objects.filter(line__undoes=origin)
            net = before.order_by().values("pack").annotate(net=Sum("points")).order_by("pack__bought_at", "pack")
            draws = [Draw(row["pack"], row["net"]) for row in net]
            parts = [(line, part) for part in put_back(line.prepaid_points, draws)]
            self._move(parts, sign=-1)
            returned += parts

    def _move(self, parts: Iterable[tuple[PartnerLine, Draw]], *, sign: int) -> None:
        moved = list(parts)
        PackDraw.objects.bulk_create(
            PackDraw(line=line, pack_id=part.pack, points=sign * part.points) for line, part in moved
        )
        for _line, part in sorted(moved, key=lambda each: each[1].pack):
            PrepaidPack.objects.filter(pk=part.pack).update(left=F("left") - sign * part.points)

    def _count(self, lines: Iterable[tuple[PartnerLine, int, date]]) -> None:
        """What budgets are measured by; a refund counts in the month of what it takes back."""
        sums: dict[tuple[int, date], int] = {}
        for line, points, day in lines:
            if line.contract and line.contract.is_limited:
                key = (line.contract.pk, day.replace(day=1))
                sums[key] = sums.get(key, 0) + points
        for (contract_id, month), points in sorted(sums.items()):
            BudgetUse.objects.get_or_create(contract_id=contract_id, month=month)
            BudgetUse.objects.filter(contract=contract_id, month=month).update(points=F("points") + points)
