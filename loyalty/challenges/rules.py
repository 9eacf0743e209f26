"""What counts for a challenge and when it is won: pure functions over plain values, no database.

Money is in minor units. A day is a day of the program's time zone; weeks begin on Monday.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction

from loyalty.lib.periods import Every, add_months, local_date, period_start, start_of_day
from loyalty.lib.refunds import share_to_take
from loyalty.programs.kinds import Article, Happened

EVERYTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What of a program bears on every activity: its calendar, and the goods that count for nothing."""

    tz: tzinfo
    excluded_categories: frozenset[str] = EVERYTHING
    excluded_skus: frozenset[str] = EVERYTHING

    def excludes(self, line: Article) -> bool:
        return line.category in self.excluded_categories or line.sku in self.excluded_skus


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Which activities count. An empty set restricts nothing, but `kinds` names all that count."""

    kinds: frozenset[str]
    stores: frozenset[str] = EVERYTHING
    channels: frozenset[str] = EVERYTHING
    brands: frozenset[str] = EVERYTHING
    categories: frozenset[str] = EVERYTHING
    skus: frozenset[str] = EVERYTHING
    minimum_amount: int = 0

    def admits(self, line: Article | None) -> bool:
        """A line by its category or article; money that no line accounts for only where no goods are named."""
        if not (self.categories or self.skus):
            return True
        return line is not None and (line.category in self.categories or line.sku in self.skus)

    def circumstances_fit(self, happened: Happened) -> bool:
        pairs = ((self.stores, happened.store), (self.channels, happened.channel), (self.brands, happened.brand))
        return happened.kind in self.kinds and all(not wanted or found in wanted for wanted, found in pairs)


@dataclass(frozen=True, slots=True)
class Goods:
    """What of an activity counts: the money, the pieces, the categories."""

    amount: int
    items: int
    categories: frozenset[str]


def goods_of(happened: Happened, conditions: Conditions, policy: Policy) -> Goods | None:
    """What counts of an activity under these conditions, or None where it does not count at all."""
    if not conditions.circumstances_fit(happened):
        return None
    parts = [(line, money) for line, money in _parts(happened) if line is None or not policy.excludes(line)]
    admitted = [(line, money) for line, money in parts if conditions.admits(line)]
    if not admitted and (happened.lines or not conditions.admits(None)):
        return None
    whole = sum((money for _line, money in parts), Fraction())
    mine = sum((money for _line, money in admitted), Fraction())
    amount = int(happened.counted * mine / whole) if whole else 0
    if amount < conditions.minimum_amount:
        return None
    lines = [line for line, _money in admitted if line is not None]
    categories = frozenset(line.category for line in lines if line.category)
    return Goods(amount, sum(line.quantity for line in lines), categories)


def _parts(happened: Happened) -> list[tuple[Article | None, Fraction]]:
    """Each line with its money, and what no line accounts for. A discount on the whole lowers all lines; those without
    a price share by quantity what the others leave."""
    amount, lines = happened.amount, happened.lines
    priced = sum(line.quantity * line.unit_price for line in lines if line.unit_price is not None)
    unpriced = sum(line.quantity for line in lines if line.unit_price is None)
    scale = Fraction(amount, priced) if priced > amount else Fraction(1)
    rest = Fraction(max(amount - priced, 0))
    parts: list[tuple[Article | None, Fraction]] = [
        (line, rest * line.quantity / unpriced if line.unit_price is None else line.quantity * line.unit_price * scale)
        for line in lines
    ]
    return [*parts, (None, rest)] if rest and not unpriced else parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who may take part: one of the tiers, one of the plans and one of the tags, where any are named."""

    tiers: frozenset[str] = EVERYTHING
    plans: frozenset[str] = EVERYTHING
    tags: frozenset[str] = EVERYTHING

    def admits(self, tier: str, plan: str, tags: Collection[str]) -> bool:
        return (
            (not self.tiers or tier in self.tiers)
            and (not self.plans or plan in self.plans)
            and (not self.tags or not self.tags.isdisjoint(tags))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A challenge ready for use."""

    goal: str
    needed: int
    conditions: Conditions
    audience: Audience = field(default_factory=Audience)
    every: str = ""
    period: str = ""
    times: int | None = 1
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def runs_at(self, moment: datetime) -> bool:
        return (self.valid_from is None or self.valid_from <= moment) and (
            self.valid_to is None or moment < self.valid_to
        )

    def adds(self, goods: Goods) -> int:
        """What an activity with these goods adds to the progress; new categories are counted elsewhere."""
        return {"amount": goods.amount, "items": goods.items}.get(self.goal, 1)


def period_of(period: str, day: date) -> str:
    """The name of the week or month that holds the day; empty where all is counted as one."""
    if period == "month":
        return f"{day:%Y-%m}"
    if period == "week":
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02}"
    return ""


def period_ends_at(terms: Terms, day: date, tz: tzinfo) -> datetime | None:
    """The first moment after the period that holds the day, or after the challenge where that comes first."""
    ends = None
    if terms.period == "month":
        ends = start_of_day(add_months(period_start(day, Every.MONTH), 1), tz)
    elif terms.period == "week":
        ends = start_of_day(day + timedelta(days=7 - day.weekday()), tz)
    moments = [moment for moment in (ends, terms.valid_to) if moment]
    return min(moments) if moments else None


def day_of(moment: datetime, policy: Policy) -> date:
    return local_date(moment, policy.tz)


def wins(terms: Terms, total: int, days: Iterable[date]) -> int:
    """How often the challenge is won with that total, or for a streak with activities on these days."""
    won = reached(terms, total, days)
    return won if terms.times is None else min(won, terms.times)


def reached(terms: Terms, total: int, days: Iterable[date]) -> int:
    """How often the goal is reached, however often that can be won."""
    if terms.goal == "streak":
        return sum(run // terms.needed for run in runs(terms.every, days))
    return total // terms.needed


def counted(terms: Terms, days: Mapping[date, int]) -> int:
    """How far somebody is whose steps come to this, day by day: the sum, or the last run of a streak."""
    return (runs(terms.every, days) or [0])[-1] if terms.goal == "streak" else sum(days.values())


def runs(every: str, days: Iterable[date]) -> list[int]:
    """How many days, weeks or months in a row there are, run by run, oldest first."""
    lengths: list[int] = []
    last = None
    for number in sorted({_number(every, day) for day in days}):
        if last is not None and number == last + 1:
            lengths[-1] += 1
        else:
            lengths.append(1)
        last = number
    return lengths


def streak(every: str, days: Iterable[date], today: date) -> int:
    """The run that is still alive today: its last day, week or month is this one or the one before."""
    numbers = {_number(every, day) for day in days}
    number = _number(every, today)
    if number not in numbers:
        number -= 1
    length = 0
    while number - length in numbers:
        length += 1
    return length


def _number(every: str, day: date) -> int:
    """Days, weeks and months numbered so that the next one has the next number. 1 January of year 1 was a Monday."""
    if every == "month":
        return day.year * 12 + day.month
    return (day.toordinal() - 1) // 7 if every == "week" else day.toordinal()


def shown(terms: Terms, count: int, completions: int) -> int:
    """What stands on the way to the next win: 4 visits of “every 3 visits” are 1 of 3; after the last win all of it."""
    if terms.times is not None and completions >= terms.times:
        return terms.needed
    if terms.goal == "streak":
        return count % terms.needed
    return min(max(count - completions * terms.needed, 0), terms.needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What an activity had added: `value` of the goal's unit, out of `amount` of money; `taken` by refunds before."""

    value: int
    amount: int
    taken: int = 0


def to_take(terms: Terms, added: Added, *, amount: int, refunded: int) -> int:
    """What a refund takes of what its purchase had added. `amount` was paid for it, `refunded` is all refunds so far.

    Amounts and articles go by share. A purchase that counts as one counts as long as what is left of it is worth
    something and still reaches the minimum.
    """
    left = added.amount - share_to_take(granted=added.amount, amount=amount, refunded=refunded, already_taken=0)
    if refunded >= amount or left < terms.conditions.minimum_amount:
        return added.value - added.taken
    if terms.goal not in ("amount", "items"):
        return 0
    return share_to_take(granted=added.value, amount=amount, refunded=refunded, already_taken=added.taken)


def newly_bought(first: Mapping[tuple[int, str], int], happened: Happened, goods: Goods) -> frozenset[str]:
    """The categories that the member buys for the first time with this activity."""
    return frozenset(
        category for category in goods.categories if first.get((happened.member_id, category)) == happened.activity_id
    )
