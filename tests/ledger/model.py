"""The ledger as a manager would draw it on paper: a list of lots and a debt. Slow, plain, and written independently.

It knows the promises of the product (soonest to expire first, pending apart, debts paid first, what has lapsed stays
lapsed) and nothing of accounts, entries, allocations or SQL.
"""

from dataclasses import dataclass, field


@dataclass(eq=False)
class PaperLot:
    number: int
    cause: str
    earned: int
    active: int
    expires: int | None
    points: int
    left: int
    pending: bool
    paid_debt: int = 0

    def lapsed(self, day):
        return self.expires is not None and self.expires <= day

    @property
    def turn(self):
        return (self.expires is None, self.expires or 0, self.earned, self.number)


@dataclass
class PaperAccount:
    lots: list[PaperLot] = field(default_factory=list)
    debt: int = 0
    took: dict[str, tuple[int, list[tuple[PaperLot, int]]]] = field(default_factory=dict)
    numbers: int = 0

    @property
    def available(self):
        return sum(lot.left for lot in self.lots if not lot.pending) - self.debt

    @property
    def pending(self):
        return sum(lot.left for lot in self.lots if lot.pending)

    def open(self, cause, points, *, day, active, expires):
        self.numbers += 1
        lot = PaperLot(self.numbers, cause, day, active, expires, points, points, active > day)
        self.lots.append(lot)
        self.pay_debt()

    def pay_debt(self):
        for lot in sorted(self.lots, key=lambda lot: lot.turn):
            if not lot.pending:
                paid = min(lot.left, self.debt)
                lot.left -= paid
                lot.paid_debt += paid
                self.debt -= paid

    def activate(self, day):
        for lot in self.lots:
            if lot.active <= day:
                lot.pending = False
        self.pay_debt()

    def expire(self, day):
        for lot in self.lots:
            if not lot.pending and lot.lapsed(day):
                lot.left = 0

    def spendable(self, day):
        """Below zero where more is owed than what has matured meanwhile will pay."""
        return sum(lot.left for lot in self.lots if lot.active <= day and not lot.lapsed(day)) - self.debt

    def spend(self, cause, points, day):
        """Whether it could be spent."""
        if points > self.spendable(day):
            return None
        self.activate(day)
        self.expire(day)
        usable = (lot for lot in self.lots if not lot.pending)
        return self._take(cause, points, sorted(usable, key=lambda lot: lot.turn))

    def take_back(self, cause, points, day, *, own, may_owe):
        """Its own points first where they have lapsed and are still there; what others gave and has lapsed never."""
        self.activate(day)
        lapsed = [lot for lot in self.lots if lot.lapsed(day)]
        usable = [lot for lot in self.lots if not lot.lapsed(day)]
        usable.sort(key=lambda lot: (not lot.pending, lot.cause != own, lot.turn))
        order = [lot for lot in lapsed if lot.cause == own] + usable
        there = min(points, sum(lot.left for lot in order))
        self._take(cause, there, order)
        if may_owe and points > there:
            self.expire(day)
            self.debt += points - there
        return points - there

    def _take(self, cause, points, lots):
        parts = []
        for lot in lots:
            part = min(lot.left, points)
            if part:
                lot.left -= part
                points -= part
                parts.append((lot, part))
        self.took[cause] = parts
        return parts

    def undo_spending(self, cause, day):
        for lot, part in self.took.pop(cause):
            lot.left += part
        self.expire(day)
        self.pay_debt()
