"""Two transactions that wait for each other: the database ends one of them, and that one begins again."""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError

T = TypeVar("T")
DEADLOCK = "40P01"  # PostgreSQL's code; SQLite has one writer and no ring


def is_deadlock(error: Exception) -> bool:
    return getattr(error.__cause__, "sqlstate", None) == DEADLOCK


def again_after_deadlock(work: Callable[[], T], *, times: int = 5) -> T:
    """Do the work, which is a transaction (or a savepoint) of its own, until no deadlock ends it."""
    for left in range(times, -1, -1):
        try:
            return work()
        except OperationalError as error:
            if not left or not is_deadlock(error):
                raise
    raise AssertionError("not reached")
