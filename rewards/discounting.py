"""What vouchers take off a basket, and which of them go together: the arithmetic, without a database.

A basket's money is laid out article by article, so that two vouchers never pay for the same cent. Percentages come
first, on the price as it stands; then free articles, then amounts for certain goods, then amounts for anything: the
order in which they were scanned changes nothing for whoever pays. A percentage is rounded to the nearest minor unit,
halves up. Goods that the program excludes count for no voucher, unless the reward names them itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from loyalty.lib.money import money_text
from rewards.rules import Basket, Code, Exclusions, Line, Refusal

AMOUNTS = frozenset(("", "discount_amount", "cash_back"))  # a voucher without a reward is worth an amount
PERCENT = "discount_percent"
ARTICLE = "free_product"
DELIVERY = "free_delivery"
NO_EXCLUSIONS = Exclusions()


@dataclass(frozen=True, slots=True)
class UseTerms:
    """What a voucher gives and when it counts. `minimum` is measured on the goods that it is for, at full price."""

    kind: str = ""
    value: int | None = None
    percent: Decimal | None = None
    article: str = ""
    minimum: int | None = None
    categories: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()
    is_stackable: bool = True
    group: str = ""

    @property
    def names_articles(self) -> bool:
        return bool(self.categories or self.skus)

    @property
    def pays(self) -> bool:
        """It is for money off, so that it is worth nothing where there is nothing to take off."""
        return self.kind in AMOUNTS or self.kind == PERCENT

    @property
    def needs_basket(self) -> bool:
        return self.minimum is not None or self.names_articles

    def names(self, line: Line) -> bool:
        return line.category in self.categories or line.sku in self.skus


class Answer(NamedTuple):
    """What each voucher takes off, in minor units; or the first that cannot be used, by its place, and why."""

    worth: list[int]
    refused: int | None = None
    refusal: Refusal | None = None


def discounts(
    wanted: Sequence[UseTerms],
    basket: Basket,
    *,
    currency: str,
    exclusions: Exclusions = NO_EXCLUSIONS,
    earlier: Sequence[tuple[UseTerms, int]] = (),
) -> Answer:
    """`earlier` are the vouchers that the same sale used before, with what they took off."""
    for place, terms in enumerate(wanted):
        others = [terms for terms, _worth in earlier] + [*wanted[:place], *wanted[place + 1 :]]
        refusal = not_together(terms, others) or _basket_refusal(terms, basket, currency, exclusions)
        if refusal is not None:
            return Answer([], place, refusal)
    shelf = _Shelf(basket, exclusions)
    for terms, taken in earlier:
        shelf.take(terms, taken)
    worth = [0] * len(wanted)
    for place in sorted(range(len(wanted)), key=lambda place: _turn(wanted[place])):
        worth[place] = shelf.take(wanted[place], shelf.worth(wanted[place]))
        if wanted[place].pays and not worth[place]:
            return Answer([], place, Refusal(Code.NOTHING_LEFT, _("Nothing is left to pay for this voucher.")))
    return Answer(worth)


def not_together(terms: UseTerms, others: Sequence[UseTerms]) -> Refusal | None:
    """Why a voucher cannot be used in a sale beside the others."""
    if others and not terms.is_stackable:
        return Refusal(Code.NOT_STACKABLE, _("This voucher cannot be used together with others."))
    if terms.group and any(other.group == terms.group for other in others):
        return Refusal(Code.NOT_STACKABLE, _("Only one voucher of this kind can be used in a sale."))
    if any(not other.is_stackable for other in others):
        return Refusal(Code.NOT_STACKABLE, _("Another voucher of this sale cannot be used together with others."))
    return None


def basket_needed() -> Refusal:
    return Refusal(Code.BASKET_NEEDED, _("This voucher depends on the basket: its amount and articles are needed."))


def _basket_refusal(terms: UseTerms, basket: Basket, currency: str, exclusions: Exclusions) -> Refusal | None:
    if terms.names_articles and not basket.lines:
        return Refusal(
            Code.LINES_NEEDED, _("This voucher is for certain goods only: the basket’s articles are needed.")
        )
    shelf = _Shelf(basket, exclusions)
    eligible = shelf.money(shelf.places(terms))
    if not eligible and (terms.pays or terms.names_articles):
        return Refusal(Code.NOTHING_ELIGIBLE, _("Nothing in this basket counts for this voucher."))
    if terms.minimum is not None and eligible < terms.minimum:
        sentence = _("This voucher counts from %(minimum)s on; what counts in this basket comes to %(amount)s.")
        amounts = {"minimum": money_text(terms.minimum, currency), "amount": money_text(eligible, currency)}
        return Refusal(Code.BASKET_TOO_SMALL, sentence % amounts)
    return None


def _turn(terms: UseTerms) -> int:
    if terms.kind == PERCENT:
        return 0
    if terms.kind not in AMOUNTS:
        return 1
    return 2 if terms.names_articles else 3


class _Shelf:
    """The money of a basket that nothing has paid yet, by article; what no article accounts for is one more place."""

    def __init__(self, basket: Basket, exclusions: Exclusions):
        self._exclusions = exclusions
        self._lines: list[Line | None] = [*basket.lines]
        prices = [None if line.unit_price is None else line.quantity * line.unit_price for line in basket.lines]
        priced = sum(price for price in prices if price is not None)
        if priced > basket.amount:  # a discount on the whole basket
            self._open = share_out(basket.amount, [price or 0 for price in prices])
            return
        unpriced = [line.quantity if price is None else 0 for line, price in zip(basket.lines, prices, strict=True)]
        rest = share_out(basket.amount - priced, unpriced)
        self._open = [(price or 0) + more for price, more in zip(prices, rest, strict=True)]
        if not any(unpriced):
            self._lines.append(None)
            self._open.append(basket.amount - priced)

    def places(self, terms: UseTerms) -> list[int]:
        return [place for place, line in enumerate(self._lines) if self._counts(line, terms)]

    def money(self, places: Iterable[int]) -> int:
        return sum(self._open[place] for place in places)

    def worth(self, terms: UseTerms) -> int:
        if terms.kind == ARTICLE:
            return min(self._units(terms), default=0)
        money = self.money(self.places(terms))
        if terms.kind in AMOUNTS:
            return min(terms.value or 0, money)
        if terms.kind == PERCENT:
            return int((money * (terms.percent or Decimal(0)) / 100).to_integral_value(ROUND_HALF_UP))
        return money if terms.kind == DELIVERY and terms.names_articles else 0

    def take(self, terms: UseTerms, worth: int) -> int:
        """Take it off the goods that it counts for, each by its share."""
        places = self._articles(terms) if terms.kind == ARTICLE else self.places(terms)
        for place, part in zip(places, share_out(worth, [self._open[place] for place in places]), strict=True):
            self._open[place] -= part
        return worth

    def _counts(self, line: Line | None, terms: UseTerms) -> bool:
        if line is None:
            return not terms.names_articles
        if terms.names_articles:
            return terms.names(line)
        return line.category not in self._exclusions.categories and line.sku not in self._exclusions.skus

    def _articles(self, terms: UseTerms) -> list[int]:
        """The place of the article that is given: the cheapest of those that it may be."""
        units = {place: self._open[place] // line.quantity for place, line in self._candidates(terms)}
        return [min(units, key=units.__getitem__)] if units else []

    def _units(self, terms: UseTerms) -> list[int]:
        return [self._open[place] // line.quantity for place, line in self._candidates(terms)]

    def _candidates(self, terms: UseTerms) -> list[tuple[int, Line]]:
        """By its number, or any of the goods that the voucher is for; none where neither is said."""
        return [
            (place, line)
            for place, line in enumerate(self._lines)
            if line is not None
            and line.quantity > 0
            and self._open[place] >= line.quantity
            and (line.sku == terms.article if terms.article else terms.names(line))
        ]


def share_out(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount by weight, in whole minor units that add up to it; nothing where nothing weighs."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    parts, given, weighed = [], 0, 0
    for weight in weights:
        weighed += weight
        upto = amount * weighed // total
        parts.append(upto - given)
        given = upto
    return parts
