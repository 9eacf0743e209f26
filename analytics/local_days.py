"""The local day of a moment, as a fragment of SQL that is quick enough for every activity of a program.

PostgreSQL knows time zones. SQLite does not: Django lends it a Python function that takes ten microseconds a row, so
here the clock changes of the zone become a CASE over constant offsets, newest first, and only moments outside the
span of those years are left to Python.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connections
from django.utils import timezone

FIRST_YEAR = 1970
ONE_DAY, ONE_SECOND = timedelta(days=1), timedelta(seconds=1)


def is_postgresql() -> bool:
    return connections[settings.ANALYTICS_DATABASE].vendor == "postgresql"


def local_day(column: str, zone: str) -> str:
    """The fragment; its value is comparable and comes back as a date or as its ISO text. `zone` is a checked name."""
    if is_postgresql():
        return f"({column} AT TIME ZONE '{zone}')::date"
    slow = f"django_datetime_cast_date({column}, '{zone}', 'UTC')"
    whole = f"substr({column}, 1, 19)"  # date() rounds: a millionth before midnight would be the day after
    end = datetime(timezone.now().year + 2, 1, 1, tzinfo=UTC)
    cases = [f"WHEN {column} >= '{end:%Y-%m-%d}' THEN {slow}"]
    for moment, offset in clock_changes(zone, end):
        seconds = int(offset.total_seconds())
        cases.append(f"WHEN {column} >= '{moment:%Y-%m-%d %H:%M:%S}' THEN date({whole}, '{seconds:+d} seconds')")
    return f"CASE {' '.join(cases)} ELSE {slow} END"


@cache
def clock_changes(zone: str, end: datetime) -> tuple[tuple[datetime, timedelta], ...]:
    """Moments from which an offset holds, newest first; the last is the first moment of FIRST_YEAR."""
    tz = ZoneInfo(zone)

    def offset(moment: datetime) -> timedelta:
        return moment.astimezone(tz).utcoffset() or timedelta()

    day = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    changes = [(day, offset(day))]
    while day < end:
        if offset(day + ONE_DAY) != changes[-1][1]:
            before, after = day, day + ONE_DAY
            while after - before > ONE_SECOND:
                middle = (before + (after - before) / 2).replace(microsecond=0)
                before, after = (middle, after) if offset(middle) == changes[-1][1] else (before, middle)
            changes.append((after, offset(after)))
        day += ONE_DAY
    return tuple(reversed(changes))
