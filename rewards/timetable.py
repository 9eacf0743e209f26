"""When something that is given again and again is due, on whole days of the program's calendar. No database.

A period is due on the day that begins it: a month on its first, a birthday on the day itself, `once` on the first day
that begins after it was promised. Who was born on 29 February celebrates on 28 February in common years.
"""

from calendar import isleap
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from loyalty.lib.periods import ONE_DAY, Every, local_date, period_end, period_start, start_of_day


class Rhythm(StrEnum):
    ONCE = "once"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    BIRTHDAY = "birthday"


def first_due(rhythm: Rhythm, at: datetime, tz: tzinfo, born: date | None) -> date | None:
    """The day of the first issue for what is promised at that moment; None while it cannot be known.

    A moment that begins a day still belongs to what begins there. A birthday that is being celebrated counts.
    """
    day = local_date(at, tz)
    return due_from(rhythm, day if rhythm is Rhythm.BIRTHDAY else first_midnight(at, tz), born)


def first_midnight(at: datetime, tz: tzinfo) -> date:
    """The first day that begins at that moment or later."""
    day = local_date(at, tz)
    return day if start_of_day(day, tz) == at else day + ONE_DAY


def due_from(rhythm: Rhythm, day: date, born: date | None) -> date | None:
    """The first due day on `day` or later."""
    if rhythm is Rhythm.ONCE:
        return day
    if rhythm is Rhythm.BIRTHDAY:
        return born and _birthday_from(born, day)
    every = Every(rhythm)
    return day if period_start(day, every) == day else period_end(day, every)


def due_after(rhythm: Rhythm, due: date, born: date | None) -> date | None:
    """The due day that follows; None after `once`."""
    if rhythm is Rhythm.ONCE:
        return None
    if rhythm is Rhythm.BIRTHDAY:
        return born and birthday(born, due.year + 1)
    return period_end(due, Every(rhythm))


def due_days(rhythm: Rhythm, first: date, last: date, born: date | None) -> Iterator[date]:
    """The due days from `first`, which is one, to `last`, both included."""
    due: date | None = first
    while due is not None and due <= last:
        yield due
        due = due_after(rhythm, due, born)


def period_name(rhythm: Rhythm, day: date) -> str:
    """What the period of that day is called: once, 2025-03, 2025-Q1, 2025. Two issues of one name would be one."""
    if rhythm is Rhythm.ONCE:
        return "once"
    if rhythm is Rhythm.MONTH:
        return f"{day:%Y-%m}"
    if rhythm is Rhythm.QUARTER:
        return f"{day:%Y}-Q{(day.month + 2) // 3}"
    return f"{day:%Y}"


def birthday(born: date, year: int) -> date:
    if (born.month, born.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return born.replace(year=year)


def _birthday_from(born: date, day: date) -> date:
    this_year = birthday(born, day.year)
    return this_year if this_year >= day else birthday(born, day.year + 1)


def last_before(moment: datetime, tz: tzinfo) -> date:
    """The last day that begins before that moment."""
    return first_midnight(moment, tz) - timedelta(days=1)
