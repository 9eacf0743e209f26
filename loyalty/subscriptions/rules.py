"""The arithmetic of paid membership: periods, retries, shares of a price. Plain values, no database.

Days are days of the program's zone; periods are half-open. Amounts are integers in minor units.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from loyalty.lib.periods import add_months

MONTHS = {"month": 1, "quarter": 3, "year": 12}
LONGEST = {"month": 31, "quarter": 92, "year": 366}


# Periods


def period_end(anchor: date, every: str, start: date) -> date:
    """The end of the period that begins at `start`, which is itself a whole number of months from the anchor. Counted
    from the anchor, so that its day comes back after a short month: 31 January, 28 February, 31 March."""
    passed = (start.year - anchor.year) * 12 + start.month - anchor.month
    return add_months(anchor, passed + MONTHS[every])


def share(amount: int, *, days: int, left: int) -> int:
    """What `left` of the `days` that `amount` paid for are worth, to the nearest minor unit, halves up."""
    left = min(max(left, 0), days)
    return (2 * amount * left + days) // (2 * days)


# A payment that failed


class Step(StrEnum):
    RETRY = "retry"
    EXPIRE = "expire"


class Next(NamedTuple):
    step: Step
    on: date


def next_step(failed: date, retry_days: Sequence[int], grace_days: int, last_tried: date) -> Next:
    """What comes after the attempt of `last_tried`: the next one, or the end of grace."""
    for days in retry_days:
        on = failed + timedelta(days=days)
        if on > last_tried and days <= grace_days:
            return Next(Step.RETRY, on)
    return Next(Step.EXPIRE, failed + timedelta(days=grace_days))


# What makes no sense in a plan


def plan_faults(*, every: str, trial_days: int | None, grace_days: int | None, retry_days: Any) -> dict[str, Any]:
    """What is wrong, by field."""
    faults: dict[str, Any] = {}
    if every in LONGEST and (trial_days or 0) > LONGEST[every]:
        faults["trial_days"] = _("The free trial is longer than the period that it is a trial of.")
    if not _are_days(retry_days):
        faults["retry_days"] = _("Write numbers of days, the smallest first: 1, 3, 5, 7.")
    elif retry_days and grace_days is not None and retry_days[-1] > grace_days:
        faults["retry_days"] = _("The last attempt comes after the days of grace, when the subscription has expired.")
    return faults


def _are_days(days: Any) -> bool:
    if not isinstance(days, list) or not all(type(day) is int and 1 <= day <= 60 for day in days):
        return False
    return days == sorted(set(days))


def price_fault(prices: Mapping[str, int | None], currency: str) -> Any | None:
    """Why these prices are not those of a plan of a program with this money."""
    if any(amount is not None and amount < 0 for amount in prices.values()):
        return _("A price cannot be negative.")
    if prices.get(currency) is None:
        return _("Give a price in %(currency)s, the money of the program.") % {"currency": currency}
    return None
