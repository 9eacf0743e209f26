"""The thinking of the ledger, without a database: what a posting does to the accounts and lots that it was given.

A `Book` is one account as it stood when it was locked; its verbs change it in memory and note in the `Plan` what must
be written. Nothing here reads or writes a table: `posting.py` loads books, and writes plans.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

POINTS = "points"  # the currency that the member's summary row shows; a program may have others beside it


class LedgerError(Exception):
    """A movement that the ledger refuses. `code` is for machines, the text for people."""

    code = "ledger"


class InsufficientPoints(LedgerError):
    """Fewer points can be spent at that moment than were asked for."""

    code = "insufficient_points"

    def __init__(self, asked: int, available: int):
        super().__init__(
            _("%(asked)d points were asked for and %(available)d can be spent.")
            % {"asked": asked, "available": available}
        )
        self.asked = asked
        self.available = available


class Cause(NamedTuple):
    """What moves points: the system that says so, and its name for what happened. Takes effect once per program."""

    source: str
    external_id: str


class Known(NamedTuple):
    """A cause that has taken effect already, by its key's id: what it did is undone, and done anew."""

    key_id: int


@dataclass(slots=True, eq=False)
class Entry:
    book: "Book"
    cause: Cause | Known
    kind: str
    points: int
    effective_at: datetime
    shortfall: int = 0
    reverses_id: int | None = None
    reason: str = ""
    by_id: int | None = None
    id: int | None = None


@dataclass(slots=True, eq=False)
class Lot:
    book: "Book"
    entry: Entry | int
    earned_at: datetime
    active_at: datetime
    expires_at: datetime | None
    points: int
    remaining: int
    is_pending: bool = False
    id: int | None = None
    was: tuple[int, bool] | None = None  # remaining and pending as loaded; empty for a new lot
    lapsed: int = 0  # points that expired since it was loaded

    def order(self):
        """Soonest to expire first, never-expiring last, then oldest, then id (a new lot has the highest)."""
        return (
            self.expires_at is None,
            self.expires_at or self.earned_at,
            self.earned_at,
            self.id is None,
            self.id or 0,
        )


@dataclass(slots=True)
class Plan:
    """What a posting will write. Ids are empty until `posting.py` reserves them."""

    causes: dict[Cause, None] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    allocations: list[tuple[Entry | int, Lot, int]] = field(default_factory=list)

    def add(self, other: "Plan") -> None:
        self.causes |= other.causes
        self.entries += other.entries
        self.lots += other.lots
        self.allocations += other.allocations

    def enter(self, entry: Entry) -> Entry:
        if isinstance(entry.cause, Cause):
            self.causes[entry.cause] = None
        self.entries.append(entry)
        return entry


class Movement(NamedTuple):
    """What every entry says besides its account and its points."""

    cause: Cause | Known
    kind: str
    at: datetime
    reason: str = ""
    by_id: int | None = None
    reverses_id: int | None = None


@dataclass(slots=True, eq=False)
class Book:
    """One locked account. `lots` may stay empty where only credits come and nothing is owed."""

    account_id: int
    member_id: int
    available: int
    pending: int
    debt: int
    currency: str = POINTS
    lots: list[Lot] = field(default_factory=list)
    was: tuple[int, int, int] = (0, 0, 0)

    def __post_init__(self):
        self.was = (self.available, self.pending, self.debt)

    # Credits

    def credit(
        self,
        plan: Plan,
        movement: Movement,
        points: int,
        *,
        active_at: datetime,
        expires_at: datetime | None,
    ) -> Entry:
        """An entry and the lot that it opens; pending while `active_at` is ahead. Debts are paid first."""
        entry = self._enter(plan, movement, points)
        self._open(plan, entry, points, movement.at, active_at, expires_at)
        self._pay_debt(plan)
        return entry

    def _open(self, plan, entry, points, earned_at, active_at, expires_at):
        is_pending = active_at > entry.effective_at
        lot = Lot(self, entry, earned_at, active_at, expires_at, points, points, is_pending)
        plan.lots.append(lot)
        self.lots.append(lot)
        if lot.is_pending:
            self.pending += points
        else:
            self.available += points

    def _pay_debt(self, plan: Plan) -> None:
        """Active lots pay what is owed, allocated to the entry that opened them; the balance does not change."""
        if self.debt:
            self.pay_with(plan, sorted((lot for lot in self.lots if not lot.is_pending), key=Lot.order))

    def pay_with(self, plan: Plan, lots: Iterable[Lot]) -> None:
        for lot in lots:
            paid = min(lot.remaining, self.debt)
            if paid:
                lot.remaining -= paid
                self.debt -= paid
                plan.allocations.append((lot.entry, lot, paid))

    def receive(self, plan: Plan, movement: Movement, parts: Iterable[tuple[Lot, int]], points: int) -> Entry:
        """Points of another account: each part keeps the dates of the lot it came from."""
        entry = self._enter(plan, movement, points)
        for lot, part in parts:
            self._open(plan, entry, part, lot.earned_at, lot.active_at, lot.expires_at)
        self._pay_debt(plan)
        return entry

    # The passing of time

    def settle(self, plan: Plan, movement: Movement) -> None:
        """Bring the account to the movement's moment: what has matured becomes active, what has lapsed expires."""
        self.activate(plan, movement.at)
        self._expire(plan, movement)

    def _expire(self, plan: Plan, movement: Movement) -> None:
        lapsed = [lot for lot in self.lots if lot.remaining and not lot.is_pending and _lapsed(lot, movement.at)]
        total = sum(lot.remaining for lot in lapsed)
        for lot in lapsed:
            lot.lapsed += lot.remaining
        if total:
            entry = self._enter(plan, movement._replace(kind="expire", reason="", reverses_id=None), -total)
            self._consume(plan, entry, lapsed, total)

    def activate(self, plan: Plan, at: datetime) -> int:
        matured = [lot for lot in self.lots if lot.is_pending and lot.active_at <= at]
        for lot in matured:
            lot.is_pending = False
            self.pending -= lot.remaining
            self.available += lot.remaining
        self._pay_debt(plan)
        return sum(lot.points for lot in matured)

    # Debits

    def spendable(self, at: datetime) -> int:
        """What a redemption at that moment may take, once the account is settled."""
        return sum(lot.remaining for lot in self.spendable_lots(at))

    def expired(self, own_entries: Collection[Entry | int]) -> int:
        """What these entries gave and has expired since the book was opened."""
        return sum(lot.lapsed for lot in self.lots if lot.entry in own_entries)

    def redeem(self, plan: Plan, movement: Movement, points: int) -> Entry:
        """All or nothing."""
        self.settle(plan, movement)
        spendable = self.spendable(movement.at)
        if points > spendable:
            raise InsufficientPoints(points, spendable)
        entry = self._enter(plan, movement, -points)
        self._consume(plan, entry, self.spendable_lots(movement.at), points)
        return entry

    def take(
        self,
        plan: Plan,
        movement: Movement,
        points: int,
        *,
        may_owe: bool,
        own_entries: frozenset[Entry | int] = frozenset(),
    ) -> Entry:
        """Take points back: pending ones, then those of `own_entries`, then the rest, then debt or a shortfall.

        Before all of them, own ones that have lapsed and that no night has taken: whether they expired or were spent
        in time is for the nights to say that have not run yet. What others gave and has lapsed is left to expire.
        """
        self.activate(plan, movement.at)
        return self.take_from(plan, movement, points, self.takeable(movement.at, own_entries), may_owe=may_owe)

    def takeable(self, at: datetime, own: Collection[Entry | int] = ()) -> list[Lot]:
        """In the order in which a refund takes them; those that came after it last."""
        return sorted(
            (lot for lot in self.lots if lot.remaining and (lot.entry in own or not _lapsed(lot, at))),
            key=lambda lot: (
                not _lapsed(lot, at),
                lot.earned_at > at,
                lot.active_at <= at,
                lot.entry not in own,
                lot.order(),
            ),
        )

    def take_from(self, plan: Plan, movement: Movement, points: int, lots: Collection[Lot], *, may_owe: bool) -> Entry:
        """From these lots, in their order; what they lack is owed or recorded."""
        taken = min(points, sum(lot.remaining for lot in lots))
        short = points - taken
        entry = self._enter(plan, movement, -points if may_owe else -taken, shortfall=0 if may_owe else short)
        self._consume(plan, entry, lots, taken)
        if short and may_owe:
            self._expire(plan, movement)  # nobody owes and holds points at once
            self.debt += short
            self.available -= short
        return entry

    def share(self, plan: Plan, movement: Movement, points: int) -> Entry:
        """What one of several accounts gives to a redemption; the accounts were settled before."""
        entry = self._enter(plan, movement, -points)
        self._consume(plan, entry, self.spendable_lots(movement.at), points)
        return entry

    def give_back(self, plan: Plan, movement: Movement, allocations: Iterable[tuple[int, int]]) -> Entry:
        """Undo a redemption: its lots get back what they gave, with their own ends; what lapsed pays no debt."""
        lots = {lot.id: lot for lot in self.lots}
        entry = self.refill(plan, movement, [(lots[lot_id], given) for lot_id, given in allocations])
        self._expire(plan, movement)
        self._pay_debt(plan)
        return entry

    def refill(self, plan: Plan, movement: Movement, parts: Collection[tuple[Lot, int]]) -> Entry:
        """Lots get back what an entry took from them, and nothing else happens yet."""
        entry = self._enter(plan, movement, sum(points for _, points in parts))
        for lot, points in parts:
            lot.remaining += points
            if lot.is_pending:
                self.pending += points
            else:
                self.available += points
            plan.allocations.append((entry, lot, -points))
        return entry

    def owe(self, plan: Plan, movement: Movement, points: int) -> Entry:
        """Points that somebody else owed: active lots pay what they can, the rest is owed here."""
        entry = self._enter(plan, movement, -points)
        lots = sorted((lot for lot in self.lots if lot.remaining and not lot.is_pending), key=Lot.order)
        paid = min(points, sum(lot.remaining for lot in lots))
        self._consume(plan, entry, lots, paid)
        self.debt += points - paid
        self.available -= points - paid
        return entry

    def give_away(self, plan: Plan, movement: Movement, parts: Iterable[tuple[Lot, int]]) -> Entry:
        """These parts of these lots, pending or active, leave the account."""
        parts = list(parts)
        entry = self._enter(plan, movement, -sum(points for _, points in parts))
        for lot, points in parts:
            self._consume(plan, entry, [lot], points)
        return entry

    def _consume(self, plan: Plan, entry: Entry, lots: Iterable[Lot], points: int) -> None:
        for lot in lots:
            part = min(lot.remaining, points)
            if not part:
                continue
            lot.remaining -= part
            points -= part
            if lot.is_pending:
                self.pending -= part
            else:
                self.available -= part
            plan.allocations.append((entry, lot, part))

    def spendable_lots(self, at: datetime) -> list[Lot]:
        return sorted(
            (lot for lot in self.lots if lot.remaining and not lot.is_pending and is_visible(lot, at)), key=Lot.order
        )

    def _enter(self, plan: Plan, movement: Movement, points: int, shortfall: int = 0) -> Entry:
        return plan.enter(
            Entry(
                self,
                movement.cause,
                movement.kind,
                points,
                movement.at,
                shortfall,
                movement.reverses_id,
                movement.reason,
                movement.by_id,
            )
        )


def redeem_together(books: Iterable[Book], plan: Plan, movement: Movement, points: int) -> list[Entry]:
    """One redemption from several accounts, as if they were one: soonest to expire first across all of them.

    All or nothing. What one of them owes cannot be spent by the others.
    """
    books = list(books)
    for book in books:
        book.settle(plan, movement)
    spendable = sum(book.spendable(movement.at) - book.debt for book in books)
    if points > spendable:
        raise InsufficientPoints(points, max(spendable, 0))
    shares: dict[Book, int] = {}
    left = points
    for lot in sorted((lot for book in books for lot in book.spendable_lots(movement.at)), key=Lot.order):
        part = min(lot.remaining, left)
        if part:
            shares[lot.book] = shares.get(lot.book, 0) + part
            left -= part
    return [book.share(plan, movement, share) for book, share in shares.items()]


def _lapsed(lot: Lot, at: datetime) -> bool:
    return lot.expires_at is not None and lot.expires_at <= at


def is_visible(lot: Lot, at: datetime) -> bool:
    return lot.earned_at <= at and lot.active_at <= at and not _lapsed(lot, at)
