"""What was agreed with the partner of a source, and whether an activity or a redemption keeps to it.

A partner without any contract in the program settles nothing: what it sends is the program's own affair. Once there is
one, everything that is earned or spent there falls on a day on which a contract holds, or is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from loyalty.lib.periods import local_date
from loyalty.partners.models import BudgetUse, Contract, Partner, PrepaidPack
from loyalty.partners.rules import Room
from loyalty.partners.sources import code_in
from loyalty.programs.kinds import Kind, Refusal
from loyalty.programs.models import Program

# The program's own doing, wherever somebody joins: the partner pays for it only where its contract says so.
JOINING = frozenset([Kind.SIGN_UP.value, Kind.CONSENT.value])


@dataclass(slots=True)
class Agreed:
    program: Program
    partner: Partner
    contracts: Sequence[Contract]

    @classmethod
    def of(cls, program: Program, source: str) -> "Agreed | None":
        """None where the source is no partner's, or one with whom nothing was agreed."""
        code = code_in(source)
        contracts = (
            Contract.objects.filter(program=program, partner__code=code).select_related("partner") if code else ()
        )
        found = list(contracts)
        return cls(program, found[0].partner, found) if found else None

    def day(self, moment: datetime) -> date:
        return local_date(moment, self.program.tzinfo)

    def contract(self, moment: datetime) -> Contract | None:
        day = self.day(moment)
        return next((contract for contract in self.contracts if contract.holds_on(day)), None)

    def refusal(self, moment: datetime) -> Refusal | None:
        """Why nothing is earned or spent at the partner at that moment."""
        words = {"partner": self.partner}
        if not self.partner.is_active:
            return Refusal("partner_inactive", "source", _("%(partner)s does not take part at present.") % words)
        if self.contract(moment) is None:
            message = _("No contract with %(partner)s holds on that day.") % words
            return Refusal("partner_without_contract", "occurred_at", message)
        return None


def is_charged(contract: Contract, kind: str) -> bool:
    """Whether points of this kind of activity are the partner's to pay."""
    return kind in contract.kinds if contract.kinds else kind not in JOINING


@dataclass(slots=True)
class ContractCheck:
    """What contracts say about a batch of activities, read once. Call it with the members' accounts locked: where
    there is a limit, the contracts and the packs are locked as well, so that the last of a budget has one winner."""

    agreed: Agreed | None
    used: dict[tuple[int, date], int] = field(default_factory=dict)  # by contract and month
    prepaid: int = 0

    @classmethod
    def of_activities(cls, *, program: Program, source: str, activities: Sequence[tuple[Any, int]]) -> "ContractCheck":
        check = cls(Agreed.of(program, source))
        if check.agreed and any(contract.is_limited for contract in check.agreed.contracts):
            check._read_limits(check.agreed)
        return check

    def _read_limits(self, agreed: Agreed) -> None:
        limited = [contract.pk for contract in agreed.contracts if contract.is_limited]
        list(Contract.objects.select_for_update(no_key=True).filter(pk__in=limited).order_by("pk").values_list("pk"))
        for use in BudgetUse.objects.filter(contract__in=limited):
            self.used[use.contract_id, use.month] = use.points
        packs = PrepaidPack.objects.filter(program=agreed.program, partner=agreed.partner)
        self.prepaid = packs.aggregate(left=Sum("left", default=0))["left"]

    def fault(self, activity: Any, member_id: int) -> Refusal | None:
        """What was earned there can always be taken back."""
        if self.agreed is None or activity.kind == Kind.REFUND:
            return None
        if refusal := self.agreed.refusal(activity.occurred_at):
            return refusal
        contract = self.agreed.contract(activity.occurred_at)
        if contract and contract.kinds and activity.kind not in {*contract.kinds, *JOINING}:
            message = _("The contract with %(partner)s does not cover this kind of activity.")
            return Refusal("partner_kind", "kind", message % {"partner": self.agreed.partner})
        return None

    def room(self, activity: Any, points: int) -> int | Refusal:
        contract = self.agreed.contract(activity.occurred_at) if self.agreed else None
        if contract is None or not contract.is_limited or not is_charged(contract, activity.kind):
            return points
        month = self.agreed.day(activity.occurred_at).replace(day=1) if self.agreed else date.min
        granted = self._room(contract, month).granted(points)
        if granted is None:
            message = _("The budget agreed with %(partner)s does not suffice for these points.")
            return Refusal("partner_budget_spent", "amount", message % {"partner": contract.partner})
        self.used[contract.pk, month] = self.used.get((contract.pk, month), 0) + granted
        self.prepaid -= granted if contract.billing == Contract.Billing.PREPAID else 0
        return granted

    def _room(self, contract: Contract, month: date) -> Room:
        so_far = sum(points for (pk, _month), points in self.used.items() if pk == contract.pk)
        return Room(
            month=_left(contract.budget_month, self.used.get((contract.pk, month), 0)),
            total=_left(contract.budget_total, so_far),
            prepaid=self.prepaid if contract.billing == Contract.Billing.PREPAID else None,
            refuses=contract.over_budget == Contract.OverBudget.REFUSE,
        )

    def outcome(self, activity: Any, desired: int, granted: int) -> dict[str, Any]:
        name = self.agreed.partner.name if self.agreed else ""
        return {
            "effect": "partner",
            "reason": "partner_budget",
            "partner": name,
            "desired": desired,
            "granted": granted,
        }


def _left(budget: int | None, used: int) -> int | None:
    return None if budget is None else budget - used
