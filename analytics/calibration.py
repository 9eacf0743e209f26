"""From a purchase log to the numbers that the value models are fitted on: frequency, recency, age, mean spend.

A calibration looks at the purchases up to and with its last day D. Purchases of one member on one day count as one.
Time is in weeks and starts for each member at the first purchase: x repeat purchase days, the last of them t_x weeks
after the first purchase, and T weeks from the first purchase to D. Members without a purchase by D have no part in it.
Weeks and mean spend are rounded to two decimals, as in the published data sets, so that a fit can be compared with the
literature to its last digit; it moves no forecast by more than a few millionths.
Importing this module loads numpy; `analytics.value` is the door that does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

DAYS_PER_WEEK = 7
DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Calibration:
    """One row per member with a purchase by the last day, as columns."""

    member_ids: np.ndarray
    x: np.ndarray  # repeat purchase days
    t_x: np.ndarray  # weeks from the first purchase to the last; 0 where x = 0
    T: np.ndarray  # weeks from the first purchase to the last day of the calibration
    mean_spend: np.ndarray  # mean of the repeat days, in the unit of the amounts given; 0 where x = 0

    def __len__(self) -> int:
        return len(self.x)

    @property
    def repeaters(self) -> np.ndarray:
        return self.x > 0


def calibrate(histories: Iterable[tuple], last_day: date) -> Calibration:
    """Histories are (member id, purchase days, first date, last date, amount of all days but the first).

    Dates may be `date` or ISO text, whichever the database gave.
    """
    rows = list(histories)
    members, days, first, last, repeat_amount = zip(*rows, strict=True) if rows else ([],) * 5
    first_day, latest_day = np.array(first, dtype="datetime64[D]"), np.array(last, dtype="datetime64[D]")
    x = np.array(days, dtype=np.int64) - 1
    return Calibration(
        member_ids=np.array(members),
        x=x,
        t_x=weeks(latest_day - first_day),
        T=weeks(np.datetime64(last_day) - first_day),
        mean_spend=(np.array(repeat_amount, dtype=float) / np.maximum(x, 1)).round(DECIMALS),
    )


def weeks(span: np.ndarray) -> np.ndarray:
    return (span.astype("timedelta64[D]").astype(float) / DAYS_PER_WEEK).round(DECIMALS)
