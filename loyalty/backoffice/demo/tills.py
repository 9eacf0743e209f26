"""What happens at a till before the purchase is recorded: vouchers are used, points pay or become rewards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from loyalty.backoffice.demo.population import Person, Purchase
from loyalty.earning.basket import POINTS_TENDER
from loyalty.ledger.operations import InsufficientPoints
from loyalty.programs.models import Program, Store
from members.models import Enrolment
from rewards.models import Reward, Voucher
from rewards.operations import RewardsError, pay_with_points, redeem_reward, redeem_voucher

VOUCHER_TENDER = "voucher"


@dataclass(frozen=True)
class Visit:
    """A purchase about to be paid. `external_id` names the sale; `store` is None in the web shop."""

    person: Person
    purchase: Purchase
    member_id: int
    external_id: str
    store: Store | None
    at: datetime


class Tills:
    def __init__(self, program: Program, source: str):
        self._program, self._source = program, source
        self._rewards = list(Reward.objects.filter(program=program, points_price__isnull=False).order_by("code"))

    def serve(self, visits: Sequence[Visit]) -> dict[str, tuple[tuple[str, int], ...]]:
        """How each sale is paid, by its external id: tenders with their amounts, as an activity takes them."""
        if not visits:
            return {}
        balances = self._balances(visit.member_id for visit in visits if visit.purchase.uses_points)
        vouchers = self._vouchers([visit for visit in visits if visit.purchase.uses_voucher])
        return {visit.external_id: self._pay(visit, balances, vouchers) for visit in visits}

    def _pay(self, visit: Visit, balances: dict[int, int], vouchers: dict[int, list[Voucher]]):
        amount, balance = visit.purchase.amount, balances.pop(visit.member_id, 0)
        mine = vouchers.get(visit.member_id) if visit.purchase.uses_voucher else None
        tender, value = "", 0
        if mine:
            tender, value = VOUCHER_TENDER, self._use(mine.pop(0), visit)
        elif visit.purchase.uses_points == "pay" and balance:
            tender, value = POINTS_TENDER, self._burn(visit)
        if visit.purchase.uses_points == "choose":
            self._choose(visit, balance)
        value = min(value, amount)
        tenders = ((tender, value), (visit.purchase.tender, amount - value))
        return tuple((name, part) for name, part in tenders if part)

    def _use(self, voucher: Voucher, visit: Visit) -> int:
        redeem_voucher(
            program=self._program,
            code=voucher.code,
            source=self._source,
            external_id=visit.external_id,
            store=visit.store,
            at=visit.at,
            trusted=True,
        )
        return voucher.value or 0

    def _burn(self, visit: Visit) -> int:
        """What points pay of the basket; nothing where the rule does not allow it."""
        try:
            payment = pay_with_points(
                program=self._program,
                member_id=visit.member_id,
                amount=visit.purchase.amount,
                lines=visit.purchase.lines,
                source=self._source,
                external_id=visit.external_id,
                store=visit.store,
                at=visit.at,
            )
        except (RewardsError, InsufficientPoints):
            return 0
        return payment.value

    def _choose(self, visit: Visit, balance: int) -> None:
        """Everybody saves up for one reward of the catalogue."""
        wanted = self._rewards[visit.person.number % len(self._rewards)]
        if balance < wanted.points_price:
            return
        try:
            redeem_reward(
                program=self._program,
                member_id=visit.member_id,
                reward=wanted,
                source=self._source,
                external_id=visit.external_id,
                store=visit.store,
                at=visit.at,
            )
        except (RewardsError, InsufficientPoints):
            return  # sold out, or had already: the member keeps the points

    def _balances(self, member_ids: Iterable[int]) -> dict[int, int]:
        enrolments = Enrolment.objects.filter(program=self._program, member_id__in=list(member_ids), balance__gt=0)
        return dict(enrolments.values_list("member_id", "balance"))

    def _vouchers(self, visits: Sequence[Visit]) -> dict[int, list[Voucher]]:
        """Usable until the last of these visits, soonest to expire first."""
        usable: dict[int, list[Voucher]] = {}
        if visits:
            members = [visit.member_id for visit in visits]
            mine = Voucher.objects.usable(at=max(visit.at for visit in visits))
            for voucher in mine.filter(program=self._program, member_id__in=members).order_by("expires_at", "id"):
                usable.setdefault(voucher.member_id, []).append(voucher)
        return usable
