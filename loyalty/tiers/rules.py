"""Which tier a measure earns, when it is looked at again, and what a look decides. Plain values, no database, no clock.

Up at once: an activity that lifts the measure of its window over a threshold raises its member then and there. Down
only at the end of the period:

- Over a calendar year, the year that ended is measured on 1 January. A tier reached in 2025 was earned in 2025, so it
  is kept in 2026; what is done in 2026 decides about 2027.
- Over the last N months, a tier reached on 10 March is kept until 9 March N months later. What is done after the day
  on which it was reached decides whether it is kept for another N months.
- Since ever, nothing ends.

Days of grace put the look off, and what happens in them still counts for keeping the tier. With soft landing a look
takes away one tier at most.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from loyalty.lib.periods import ONE_DAY, add_months, local_date, start_of_day


class Metric(StrEnum):
    POINTS = "points"
    SPEND = "spend"
    VISITS = "visits"
    COUNT = "count"


class Window(StrEnum):
    YEAR = "year"
    ROLLING = "rolling"
    LIFETIME = "lifetime"


class Reason(StrEnum):
    """Why a stretch of time in a tier began; stored, so a value is never renamed."""

    REACHED = "reached"
    RENEWED = "renewed"
    DROPPED = "dropped"
    REFUND = "refund"
    BY_HAND = "by_hand"
    HAND_ENDED = "hand_ended"
    THRESHOLD = "threshold"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Level:
    """A tier as the rules see it. One that cannot be reached any more is kept by who has it."""

    code: str
    threshold: int
    id: int = 0
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What of a program of tiers decides. `levels` from the lowest up."""

    levels: tuple[Level, ...] = ()
    window: str = Window.YEAR
    months: int = 12
    soft_landing: bool = False
    grace_days: int = 0
    each_passed: bool = False
    tz: tzinfo = UTC

    def level(self, code: str) -> Level | None:
        return next((level for level in self.levels if level.code == code), None)


class Period(NamedTuple):
    """What will be measured, and when the tier is looked at again (days of grace not counted). Empty: never."""

    measured_from: datetime | None = None
    ends_at: datetime | None = None


FOR_EVER = Period()


def rank(level: Level | None) -> int:
    return level.threshold if level else -1


def higher(*levels: Level | None) -> Level | None:
    """The highest of them; of equals the first."""
    return max(levels, key=rank)


def earned(terms: Terms, measure: int) -> Level | None:
    """The highest tier that the measure reaches."""
    reached = [level for level in terms.levels if level.is_active and level.threshold <= measure]
    return reached[-1] if reached else None


def following(terms: Terms, level: Level | None) -> Level | None:
    """The next tier that can be reached above this one."""
    return next((each for each in terms.levels if each.is_active and each.threshold > rank(level)), None)


def below(terms: Terms, level: Level) -> Level | None:
    lower = [each for each in terms.levels if each.is_active and each.threshold < level.threshold]
    return lower[-1] if lower else None


def passed(terms: Terms, old: Level | None, new: Level) -> list[Level]:
    """The tiers whose reward a rise brings: the one landed on, or each that was passed."""
    if not terms.each_passed:
        return [new]
    return [each for each in terms.levels if rank(old) < each.threshold <= new.threshold and each.is_active]


# The calendar


def window_start(terms: Terms, moment: datetime) -> datetime | None:
    """From when on activities count for the measure at this moment; None since ever."""
    if terms.window == Window.LIFETIME:
        return None
    day = local_date(moment, terms.tz)
    if terms.window == Window.YEAR:
        return start_of_day(date(day.year, 1, 1), terms.tz)
    return start_of_day(add_months(day, -terms.months) + ONE_DAY, terms.tz)


def year_before(terms: Terms, moment: datetime) -> datetime:
    return start_of_day(date(local_date(moment, terms.tz).year - 1, 1, 1), terms.tz)


def window_end(terms: Terms, moment: datetime) -> datetime | None:
    """When an activity of this moment no longer counts; None where it always will."""
    if terms.window == Window.LIFETIME:
        return None
    day = local_date(moment, terms.tz)
    end = date(day.year + 1, 1, 1) if terms.window == Window.YEAR else add_months(day, terms.months)
    return start_of_day(end, terms.tz)


def period(terms: Terms, moment: datetime) -> Period:
    """The period of a tier reached at this moment."""
    if terms.window == Window.LIFETIME:
        return FOR_EVER
    if terms.window == Window.YEAR:
        return Period(window_start(terms, moment), window_end(terms, moment))
    tomorrow = start_of_day(local_date(moment, terms.tz) + ONE_DAY, terms.tz)
    return Period(tomorrow, window_end(terms, moment))


def next_period(terms: Terms, ended_at: datetime) -> Period:
    """The period that begins where another one ended."""
    if terms.window == Window.LIFETIME:
        return FOR_EVER
    return Period(ended_at, window_end(terms, ended_at))


def look_at(terms: Terms, ends_at: datetime) -> datetime:
    """When a period that ends then is looked at: after the days of grace."""
    return start_of_day(local_date(ends_at, terms.tz) + timedelta(days=terms.grace_days), terms.tz)


def ended_before(terms: Terms, moment: datetime) -> datetime:
    """Periods that ended by this moment have been looked at by `moment`: the days of grace, counted back."""
    return start_of_day(local_date(moment, terms.tz) - timedelta(days=terms.grace_days), terms.tz)


def kept_until(terms: Terms, reached_at: datetime) -> datetime | None:
    """How long a tier reached at that moment lasts without another activity. None: for ever."""
    end = window_end(terms, reached_at)
    if end is None:
        return None
    if terms.window == Window.YEAR:  # the year in which it was reached renews it once
        end = window_end(terms, end)
    return end and look_at(terms, end)


# What a look decides


def after_look(terms: Terms, level: Level, measure: int) -> tuple[Level | None, Reason]:
    """What a member has whose period ended with this measure. A look never raises."""
    found = earned(terms, measure)
    if rank(found) >= level.threshold:
        return level, Reason.RENEWED
    if terms.soft_landing:
        found = higher(below(terms, level), found)
    return found, Reason.DROPPED


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is missing to a tier, or to keeping one."""

    level: Level
    measure: int
    by: datetime | None = None

    @property
    def missing(self) -> int:
        return max(self.level.threshold - self.measure, 0)

    @property
    def percent(self) -> int:
        threshold = self.level.threshold
        return min(100 * max(self.measure, 0) // threshold, 100) if threshold else 100


def thresholds_ascend(thresholds: list[int]) -> Iterator[int]:
    """The places at which a list of thresholds does not rise."""
    for place in range(1, len(thresholds)):
        if thresholds[place] <= thresholds[place - 1]:
            yield place
