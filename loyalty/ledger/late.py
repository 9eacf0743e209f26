"""A night that comes after what is booked already: it was missed, or a log of later days was loaded before it ran.

What members spent since stays spent. What a refund or an expiry took since and the night needs is given back, the night
spends, and the refund and the expiry take anew, at their own moments and under their own causes, what the night left:
from the same lots, from others, or by the program's policy. So it comes out as if the night had run in its time. Pure,
as `book.py` is: `posting.load_later` reads, and `sweeps.py` calls.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from loyalty.ledger.book import Book, Entry, Known, Lot, Movement, Plan, is_visible
from loyalty.ledger.models import Entry as EntryRow


@dataclass(slots=True, eq=False)
class Taking:
    """An entry of a refund or an expiry that took points from lots, and was not undone."""

    entry_id: int
    key_id: int
    kind: str
    at: datetime
    reason: str = ""
    by_id: int | None = None
    parts: dict[int, int] = field(default_factory=dict)  # by lot
    first_took: list[int] = field(default_factory=list)  # lots, before anything of this cause was undone

    def undoing(self) -> Movement:
        return self.again()._replace(kind=EntryRow.Kind.REVERSE.value, reverses_id=self.entry_id)

    def again(self) -> Movement:
        return Movement(Known(self.key_id), self.kind, self.at, self.reason, self.by_id)


@dataclass(slots=True)
class Later:
    """What happened to an account from a moment on.

    The takings in their order; by lot, all that left it or returned; by entry that opened lots, its cause's key.
    """

    takings: list[Taking] = field(default_factory=list)
    gone: Counter[int] = field(default_factory=Counter)
    key_of: dict[Entry | int, int] = field(default_factory=dict)

    def since_touching(self, lots: Iterable[Lot]) -> list[Taking]:
        """The first taking from one of these lots, and all that came after it: each may have to look elsewhere."""
        numbers = {lot.id for lot in lots}
        for place, taking in enumerate(self.takings):
            if numbers & taking.parts.keys():
                return self.takings[place:]
        return []


class LateNight:
    """A night on one book, which holds its closed lots too. What is to be written stands in `plan`."""

    def __init__(self, book: Book, later: Later, *, may_owe: bool):
        self.plan = Plan()
        self._book, self._later, self._may_owe = book, later, may_owe
        self._lots = {lot.id: lot for lot in book.lots if lot.id is not None}

    def redeem_steps(self, movement: Movement, *, step: int, least: int) -> int:
        """Spend every full `step` of what could be spent at the movement's moment; below `least` nothing is spent.

        Returns the points.
        """
        parts = self._soonest_first(movement.at, step, least)
        if not parts:
            return 0
        undone = self._later.since_touching(lot for lot, part in parts if part > lot.remaining)
        owed = self._set_debt_aside()
        backs = {taking: self._book.refill(self.plan, taking.undoing(), self._parts(taking)) for taking in undone}
        entry = self._book.give_away(self.plan, movement, parts)
        for taking, back in backs.items():
            self._pay_as_they_came(taking.at)
            anew = self._take_anew(taking)
            if anew and self._is_as_before(back, anew):
                self._strike(back, anew)
        self._owe(owed)
        self._pay_as_they_came(None)
        return -entry.points

    # What could be spent

    def _soonest_first(self, at: datetime, step: int, least: int) -> list[tuple[Lot, int]]:
        visible = (lot for lot in self._lots.values() if is_visible(lot, at) and lot.earned_at < at)
        could_spend = [(lot, self._could_spend(lot)) for lot in sorted(visible, key=Lot.order)]
        total = sum(points for _, points in could_spend)
        left = total - total % step if total >= least else 0
        parts = []
        for lot, points in could_spend:
            if part := min(points, left):
                parts.append((lot, part))
                left -= part
        return parts

    def _could_spend(self, lot: Lot) -> int:
        """What the lot held at that moment, less what its member spent since."""
        taken = sum(taking.parts.get(lot.id or 0, 0) for taking in self._later.takings)
        return lot.remaining + min(taken, self._later.gone[lot.id or 0])

    # What takes anew

    def _take_anew(self, taking: Taking) -> Entry | None:
        """None where nothing is left to take."""
        if taking.kind == EntryRow.Kind.EXPIRE:
            again = [(lot, part) for lot, points in self._parts(taking) if (part := min(points, lot.remaining))]
            return self._book.give_away(self.plan, taking.again(), again) if again else None
        own = self._own_entries(taking)
        points = sum(taking.parts.values())
        points -= _count_expired(points, (lot for lot in self._lots.values() if lot.entry in own))
        if not points:
            return None
        there_then = [lot for lot in self._book.takeable(taking.at, own) if lot.earned_at <= taking.at]
        return self._book.take_from(self.plan, taking.again(), points, there_then, may_owe=self._may_owe)

    def _own_entries(self, taking: Taking) -> frozenset[Entry | int]:
        """What the refunded purchase gave: its own points were the first that it took, after pending ones."""
        keys = self._later.key_of
        for number in taking.first_took:
            lot = self._lots[number]
            if lot.active_at <= taking.at:
                return frozenset(entry for entry, key in keys.items() if key == keys[lot.entry])
        return frozenset()

    def _parts(self, taking: Taking) -> list[tuple[Lot, int]]:
        return [(self._lots[number], points) for number, points in taking.parts.items()]

    # What is owed

    def _set_debt_aside(self) -> int:
        """What is owed came after all that the lots held was gone; what is given back meanwhile must not pay it."""
        owed = self._book.debt
        self._owe(-owed)
        return owed

    def _owe(self, points: int) -> None:
        self._book.debt += points
        self._book.available -= points

    def _pay_as_they_came(self, until: datetime | None) -> None:
        """Lots that became usable up to then pay what was owed by now, each in its turn."""
        if self._book.debt:
            lots = [lot for lot in self._lots.values() if not lot.is_pending]
            came = [lot for lot in lots if until is None or lot.active_at <= until]
            self._book.pay_with(self.plan, sorted(came, key=lambda lot: (lot.active_at, lot.order())))

    # What ends as it began is not written

    def _is_as_before(self, back: Entry, anew: Entry) -> bool:
        moved: Counter[Lot] = Counter()
        for entry, lot, points in self.plan.allocations:
            if entry is back or entry is anew:
                moved[lot] += points
        return back.points == -anew.points and not anew.shortfall and not any(moved.values())

    def _strike(self, *entries: Entry) -> None:
        self.plan.entries = [entry for entry in self.plan.entries if entry not in entries]
        self.plan.allocations = [each for each in self.plan.allocations if each[0] not in entries]


def _count_expired(points: int, own: Iterable[Lot]) -> int:
    """What expired of a purchase's points meanwhile counts as taken, once among its refunds."""
    counted = 0
    for lot in own:
        part = min(lot.lapsed, points - counted)
        lot.lapsed -= part
        counted += part
    return counted
