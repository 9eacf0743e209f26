"""The day of a moment in SQL is the day on the wall of the program's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analytics.local_days import is_postgresql, local_day
from loyalty.lib import sql

ZONES = ["UTC", "Europe/Paris", "Africa/Casablanca", "America/St_Johns", "Asia/Kolkata", "Pacific/Apia"]
SINCE = datetime(1960, 1, 1, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
@given(after=st.timedeltas(timedelta(0), timedelta(days=80 * 365)))
@example(after=datetime(2024, 3, 30, 23, 0, tzinfo=UTC) - SINCE)
@example(after=datetime(2024, 3, 31, 22, 0, tzinfo=UTC) - SINCE)
@example(after=datetime(2024, 10, 27, 22, 59, 59, 999999, tzinfo=UTC) - SINCE)
@example(after=datetime(2011, 12, 30, 10, 0, tzinfo=UTC) - SINCE)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_day_is_the_zones(zone, after):
    moment = SINCE + after
    mark = "%s::timestamptz" if is_postgresql() else "%s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {local_day('moment', zone)} FROM (SELECT {mark} AS moment) AS m", [sql.moment(moment)])
        assert str(cursor.fetchone()[0]) == moment.astimezone(ZoneInfo(zone)).date().isoformat()
