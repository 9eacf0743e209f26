"""What part of a purchase earns: its money divided among articles and tenders, exactly. No database, no rules.

A `Part` is what one line of the purchase was paid with one tender; tenders are taken to spread evenly over the lines,
since no till says otherwise. Money that no line accounts for is a part without a line. Parts never add up to more than
the amount: where lines say more (a discount on the whole basket) all are scaled down, and lines without a price share
by quantity what the priced ones leave. Points pay for nothing excluded, so they are taken off the goods that earn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

POINTS_TENDER = "points"


@dataclass(frozen=True, slots=True)
class Line:
    """One article of a purchase; `unit_price` in minor units, tax included, None where the till does not send it."""

    sku: str = ""
    category: str = ""
    quantity: int = 1
    unit_price: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The articles and tenders that a rule is limited to; an empty set limits nothing."""

    categories: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()
    excluded_categories: frozenset[str] = frozenset()
    excluded_skus: frozenset[str] = frozenset()
    tenders: frozenset[str] = frozenset()

    @property
    def names_articles(self) -> bool:
        return bool(self.categories or self.skus)

    def admits(self, line: Line | None) -> bool:
        """A line by its category or its article; money without a line only where no article is named."""
        if line is None:
            return not self.names_articles
        if line.category in self.excluded_categories or line.sku in self.excluded_skus:
            return False
        return not self.names_articles or line.category in self.categories or line.sku in self.skus

    def __bool__(self) -> bool:
        return bool(self.names_articles or self.excluded_categories or self.excluded_skus or self.tenders)


NO_LIMITS = Limits()


class Part(NamedTuple):
    line: Line | None
    tender: str  # empty where the till did not say
    money: Fraction
    items: Fraction

    def within(self, limits: Limits) -> bool:
        return limits.admits(self.line) and (not limits.tenders or self.tender in limits.tenders)


class Basket:
    """A purchase without the goods that the program excludes and, when points earn no points, without what they paid.

    `excluded` is the program's own limits. Parts are worked out when a rule first asks: most purchases need only
    their total.
    """

    __slots__ = ("_parts", "amount", "excluded", "lines", "net", "paid_with")

    def __init__(
        self,
        amount: int,
        lines: Sequence[Line] = (),
        paid_with: Sequence[tuple[str, int]] = (),
        excluded: Limits = NO_LIMITS,
        net: bool = True,
    ):
        self.amount, self.lines, self.paid_with, self.excluded, self.net = amount, lines, paid_with, excluded, net
        self._parts: list[Part] | None = None

    @property
    def parts(self) -> list[Part]:
        if self._parts is None:
            self._parts = self._divide()
        return self._parts

    def money(self, limits: Limits = NO_LIMITS) -> int | Fraction:
        """The money that earns within these limits, in minor units."""
        if not limits and not (self.lines and self.excluded):
            return max(self.amount - self._points(), 0) if self.paid_with else self.amount
        return sum((part.money for part in self.parts if part.within(limits)), Fraction())

    def items(self, limits: Limits = NO_LIMITS) -> int:
        """How many pieces the lines within these limits have; how they were paid does not divide a piece."""
        return sum(line.quantity for line in self.lines if self.excluded.admits(line) and limits.admits(line))

    def has_articles(self, limits: Limits) -> bool:
        return any(self.excluded.admits(line) and limits.admits(line) for line in self.lines)

    def _points(self) -> int:
        """The money paid with points, where it does not earn."""
        return sum(paid for tender, paid in self.paid_with if tender == POINTS_TENDER) if self.net else 0

    def _divide(self) -> list[Part]:
        goods = [(line, money) for line, money in _goods(self.amount, self.lines) if self.excluded.admits(line)]
        earning = sum((money for _line, money in goods), Fraction())
        points = min(Fraction(self._points()), earning)
        kept = (earning - points) / earning if earning else Fraction()
        tenders = _tender_shares(self.amount - points, self.paid_with, self.net)
        return [
            Part(line, tender, money * kept * share, (line.quantity if line else 0) * share)
            for line, money in goods
            for tender, share in tenders
        ]


def _goods(amount: int, lines: Sequence[Line]) -> list[tuple[Line | None, Fraction]]:
    """Each line with its money, and what no line accounts for."""
    priced = sum(line.quantity * line.unit_price for line in lines if line.unit_price is not None)
    unpriced = sum(line.quantity for line in lines if line.unit_price is None)
    scale = Fraction(amount, priced) if priced > amount else Fraction(1)
    rest = max(Fraction(amount - priced), Fraction())
    goods: list[tuple[Line | None, Fraction]] = [
        (line, rest * line.quantity / unpriced if line.unit_price is None else line.quantity * line.unit_price * scale)
        for line in lines
    ]
    if rest and not unpriced:
        goods.append((None, rest))
    return goods


def _tender_shares(payable: Fraction, paid_with: Iterable[tuple[str, int]], net: bool) -> list[tuple[str, Fraction]]:
    """The share of each tender in what was not paid with points; what no tender accounts for has an empty name."""
    tenders = [(tender, paid) for tender, paid in paid_with if paid and not (net and tender == POINTS_TENDER)]
    whole = max(payable, Fraction(sum(paid for _tender, paid in tenders)))
    if not whole:
        return [("", Fraction(1))]
    shares = [(tender, paid / whole) for tender, paid in tenders]
    rest = 1 - sum((share for _tender, share in shares), Fraction())
    return [*shares, ("", rest)] if rest else shares
