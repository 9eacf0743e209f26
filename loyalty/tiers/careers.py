"""One member's way through the tiers: what was, what is added, what follows from it. Plain values, no database.

A `Career` is built of the stretches that stand in the table and of a `Tally` of what counts. Its verbs take one
activity after the other and leave new stretches in `fresh`; the operations write them.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from loyalty.tiers.rules import (
    FOR_EVER,
    Level,
    Period,
    Reason,
    Terms,
    Window,
    after_look,
    earned,
    higher,
    kept_until,
    look_at,
    next_period,
    passed,
    period,
    rank,
    window_end,
    window_start,
    year_before,
)


@dataclass(slots=True, eq=False)
class Stretch:
    """Time in a tier. `id` is empty until it is written; `rewarded` are the tiers whose reward it brings."""

    level: Level | None
    starts_at: datetime
    reason: Reason
    period: Period = FOR_EVER
    measure: int | None = None
    activity_id: int | None = None
    ends_at: datetime | None = None
    id: int | None = None
    instead_of: "Stretch | None" = None
    gifts: dict[str, list[str]] = field(default_factory=dict)
    note: str = ""
    rewarded: list[Level] = field(default_factory=list)
    undone: list["Stretch"] = field(default_factory=list)
    is_history: bool = False

    @property
    def by_hand(self) -> bool:
        return self.reason == Reason.BY_HAND

    def look_at(self, terms: Terms) -> datetime | None:
        """When it comes to its end unless something happens; None: never. What is set by hand knows no grace."""
        if self.period.ends_at is None or self.by_hand:
            return self.period.ends_at
        return look_at(terms, self.period.ends_at)

    def lasts(self, terms: Terms, moment: datetime) -> bool:
        end = self.look_at(terms)
        return end is None or end > moment


class Tally:
    """What counts, by moment. `base` is the sum of what lies before everything else."""

    def __init__(self, events: Iterable[tuple[datetime, int]] = (), base: int = 0):
        self._events, self._base = sorted(events), base

    def add(self, moment: datetime, value: int) -> None:
        insort(self._events, (moment, value))

    def between(self, start: datetime | None, end: datetime | None) -> int:
        """The sum of `[start, end)`; None is open."""
        first = bisect_left(self._events, start, key=_moment) if start else 0
        last = bisect_left(self._events, end, key=_moment) if end else len(self._events)
        return sum(value for _, value in self._events[first:last]) + (0 if start else self._base)

    def up_to(self, start: datetime | None, moment: datetime) -> int:
        """The sum from `start` on, what happened at `moment` included."""
        first = bisect_left(self._events, start, key=_moment) if start else 0
        last = bisect_right(self._events, moment, key=_moment)
        return sum(value for _, value in self._events[first:last]) + (0 if start else self._base)

    def moments(self, after: datetime, before: datetime | None) -> list[datetime]:
        first = bisect_right(self._events, after, key=_moment)
        last = bisect_left(self._events, before, key=_moment) if before else len(self._events)
        return [moment for moment, _ in self._events[first:last]]


def _moment(event: tuple[datetime, int]) -> datetime:
    return event[0]


class Career:
    def __init__(self, terms: Terms, stretches: Iterable[Stretch], tally: Tally):
        self.terms, self.tally = terms, tally
        self.stretches = list(stretches)
        self.fresh: list[Stretch] = []
        self.undone: list[Stretch] = []

    @property
    def current(self) -> Stretch | None:
        return self.stretches[-1] if self.stretches else None

    @property
    def level(self) -> Level | None:
        return self.current.level if self.current else None

    @property
    def ending(self) -> list[Stretch]:
        """The stretch of before, which the fresh ones end; without fresh ones the present one, which may be amended."""
        place = len(self.stretches) - len(self.fresh) - 1
        return [self.stretches[place]] if place >= 0 else []

    def look(self, until: datetime) -> None:
        """Everything that came to its end by that moment, whether or not a night has seen to it."""
        while (current := self.current) and (due := current.look_at(self.terms)) and due <= until:
            if current.by_hand:
                self.turn(self.after_hand(current, due))
            else:
                self.turn(looked_at(self.terms, current, self.tally.between(current.period.measured_from, due)))

    def follow(self, *, activity_id: int, moment: datetime, value: int, is_history: bool = False) -> Stretch | None:
        """An activity counts; the stretch in the tier that it reached, if it did."""
        self.look(moment)
        self.tally.add(moment, value)
        current = self.current
        if current and current.by_hand:
            return None
        level, reached_at, measure = self._best(moment)
        if level is None or rank(level) <= rank(self.level):
            return None
        starts_at = reached_at
        if current and reached_at < current.starts_at:  # a late activity, for a time that is behind us
            end = kept_until(self.terms, reached_at)
            if end is not None and end <= current.starts_at:
                return None
            starts_at = current.starts_at
        of = starts_at if self.terms.window == Window.YEAR else reached_at
        return self.turn(
            Stretch(
                level,
                starts_at,
                Reason.REACHED,
                period(self.terms, of),
                measure,
                activity_id,
                rewarded=[] if is_history else passed(self.terms, self.level, level),
                is_history=is_history,
            )
        )

    def refund(
        self, *, purchase_id: int, purchased_at: datetime, activity_id: int, moment: datetime, value: int
    ) -> tuple[list[Stretch], Stretch | None]:
        """What a refund takes (`value` is negative) leaves the window of its purchase.

        Where the purchase had caused a rise that what is left does not support, the rise is undone, and those that
        were built on it. Returns the stretches undone and the one that follows; none where somebody set a tier by hand
        since, which is left alone.
        """
        self.look(moment)
        self.tally.add(purchased_at, value)
        place = self._caused_by(purchase_id)
        if place is None:
            return [], None
        before = self.stretches[place - 1] if place else None
        supported = self.supported(moment)
        floor = before.level if before and before.lasts(self.terms, moment) else None
        target = higher(supported, floor)
        undone = [each for each in self.stretches[place:] if self._stands(each) and rank(each.level) > rank(target)]
        current = self.current
        if not undone or current is None:
            return [], None
        self.undone += undone
        if current.by_hand:
            if current.instead_of in undone:
                current.instead_of = before
            return undone, None
        if rank(current.level) <= rank(target):
            return undone, None
        kept = before.period if before and rank(floor) >= rank(supported) else period(self.terms, moment)
        turned = Stretch(target, moment, Reason.REFUND, kept if target else FOR_EVER, activity_id=activity_id)
        turned.measure = self.tally.up_to(window_start(self.terms, moment), moment)
        turned.undone = undone
        return undone, self.turn(turned)

    def supported(self, moment: datetime) -> Level | None:
        """The tier that what was done supports at that moment: over calendar years also the year before."""
        start = window_start(self.terms, moment)
        found = earned(self.terms, self.tally.up_to(start, moment))
        if self.terms.window == Window.YEAR:
            found = higher(found, earned(self.terms, self.tally.between(year_before(self.terms, moment), start)))
        return found

    def after_hand(self, hand: Stretch, moment: datetime) -> Stretch:
        """What follows a tier that was set by hand: what was put aside while it lasts, or more if more was earned."""
        aside, supported = hand.instead_of, self.supported(moment)
        if aside and aside.level and aside.lasts(self.terms, moment) and rank(aside.level) >= rank(supported):
            return Stretch(aside.level, moment, Reason.HAND_ENDED, aside.period)
        return Stretch(supported, moment, Reason.HAND_ENDED, period(self.terms, moment) if supported else FOR_EVER)

    def turn(self, fresh: Stretch) -> Stretch:
        """The new stretch begins where the present one ends."""
        if self.current:
            fresh.starts_at = max(fresh.starts_at, self.current.starts_at)
            self.current.ends_at = fresh.starts_at
        self.stretches.append(fresh)
        self.fresh.append(fresh)
        return fresh

    def owes_no_gift(self, level: Level, before: Stretch) -> bool:
        """Whether a reward of this tier was used although its rise was undone: the next rise brings no second one."""
        kept = forgone = 0
        for each in self.stretches:
            if each is before:
                break
            kept += each.gifts.get("kept", []).count(level.code)
            forgone += each.gifts.get("forgone", []).count(level.code)
        return kept > forgone

    def _best(self, moment: datetime) -> tuple[Level | None, datetime, int]:
        """The highest tier that an activity of this moment helps to reach, when, and with which measure.

        A late one counts beside what is known to have happened after it.
        """
        terms, tally = self.terms, self.tally
        start, end = window_start(terms, moment), window_end(terms, moment)
        if terms.window != Window.ROLLING:
            measure = tally.between(start, end)
            return earned(terms, measure), moment, measure
        best = (None, moment, 0)
        for each in (moment, *tally.moments(moment, end)):
            measure = tally.up_to(window_start(terms, each), each)
            level = earned(terms, measure)
            if rank(level) > rank(best[0]):
                best = (level, each, measure)
        return best

    def _caused_by(self, activity_id: int) -> int | None:
        for place, each in enumerate(self.stretches):
            if each.reason == Reason.REACHED and each.activity_id == activity_id:
                return place
        return None

    def _stands(self, rise: Stretch) -> bool:
        """A rise that no refund has undone yet."""
        if rise.reason != Reason.REACHED:
            return False
        later = self.stretches[self.stretches.index(rise) + 1 :]
        return not any(each.reason == Reason.REFUND and rank(each.level) < rank(rise.level) for each in later)


def looked_at(terms: Terms, stretch: Stretch, measure: int) -> Stretch:
    """What follows a stretch whose period has ended with this measure."""
    ended_at = stretch.period.ends_at
    if ended_at is None:
        raise ValueError("what is kept for ever is not looked at")
    starts_at = look_at(terms, ended_at)
    if stretch.level is None:
        return Stretch(None, starts_at, Reason.DROPPED)
    level, reason = after_look(terms, stretch.level, measure)
    return Stretch(level, starts_at, reason, next_period(terms, ended_at) if level else FOR_EVER, measure)
