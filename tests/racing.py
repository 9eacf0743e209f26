"""Calls that really run at once: each in a thread with a database connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection


def at_once(call, items, *, threads=8):
    """`call(item)` for every item, `threads` of them starting together; results and exceptions in their order."""
    items = list(items)
    start = Barrier(min(threads, len(items)))

    def run(numbered):
        number, item = numbered
        if number < start.parties:
            start.wait(timeout=20)
        try:
            return call(item)
        except Exception as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(start.parties) as pool:
        return list(pool.map(run, enumerate(items)))


class AllHaveRead:
    """For controls: a read-then-write that waits in the middle until all have read. What a lock prevents, it shows."""

    def __init__(self, parties):
        self._barrier = Barrier(parties)

    def wait(self):
        self._barrier.wait(timeout=20)
