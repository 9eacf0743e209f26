"""When a delivery is tried again, and what an answer means. No database."""

from datetime import datetime, timedelta

# After each failed try; with the waiting times in between, three days.
DELAYS = [timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5)]
DELAYS += [timedelta(hours=hours) for hours in (10, 14, 18, 22)]
JITTER = 0.1  # of the delay, so that what failed together does not come back together
CLAIMED = timedelta(minutes=2)  # a worker that has not reported by then is taken for dead
OVERLAP = timedelta(hours=24)
GONE = 410
KEPT = timedelta(days=90)  # what was delivered or given up; partners ask about last month's


def again_at(attempts: int, at: datetime, chance: float) -> datetime | None:
    """When to try again after so many tries; `chance` is between 0 and 1. None when it is enough."""
    if attempts > len(DELAYS):
        return None
    delay = DELAYS[attempts - 1]
    return at + delay + delay * JITTER * chance
