"""Days, months, quarters and years of a time zone: the calendar that expiry, issuance and reports share.

A day here is a local day of some zone; a period is half-open, `[start, end)`. Nothing here knows a program.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

ONE_DAY = timedelta(days=1)


class Every(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}


def local_date(moment: datetime, tz: tzinfo) -> date:
    """The day that the calendar on the wall of `tz` shows at this aware moment."""
    return moment.astimezone(tz).date()


def start_of_day(day: date, tz: tzinfo) -> datetime:
    """The first moment of a local day, in UTC so that comparing and subtracting are about time that really passed.

    Where clocks jump over midnight the day starts at the jump; where midnight comes twice, at its first coming (the
    meaning that PEP 495 gives to fold=0 in a gap and in a fold).
    """
    return datetime(day.year, day.month, day.day, tzinfo=tz).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the month's last day where it has no such day.

    Count from the anchor each time, never from the last result: 31 January is followed by 28 February and 31 March.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period_start(day: date, every: Every) -> date:
    """The first day of the calendar month, quarter or year that holds `day`."""
    first_month = day.month - (day.month - 1) % _MONTHS[every]
    return date(day.year, first_month, 1)


def period_end(day: date, every: Every) -> date:
    """The first day after the calendar month, quarter or year that holds `day`."""
    return add_months(period_start(day, every), _MONTHS[every])


def days(start: date, end: date) -> Iterator[date]:
    while start < end:
        yield start
        start += ONE_DAY


def periods(start: date, end: date, every: Every) -> Iterator[tuple[date, date]]:
    """The calendar periods of `[start, end)`; both must be boundaries, else ValueError."""
    for boundary in (start, end):
        if period_start(boundary, every) != boundary:
            raise ValueError(f"{boundary} does not start a {every}")
    while start < end:
        following = period_end(start, every)
        yield start, following
        start = following
