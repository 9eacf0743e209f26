"""The name of the request at hand: it stands in its answer and in every line that is logged meanwhile."""

import logging
import re
from contextvars import ContextVar
from uuid import uuid4

NAME = re.compile(r"[A-Za-z0-9._:-]{1,64}\Z")

_current: ContextVar[str] = ContextVar("request_id", default="-")


def current() -> str:
    return _current.get()


def begin(proposed: str) -> str:
    """The caller's own name for the request where it is a decent one, else a new one. It holds until the next begins:
    the server logs its last lines about a request when all of our code is through."""
    name = proposed if NAME.match(proposed) else uuid4().hex
    _current.set(name)
    return name


class RequestIdFilter(logging.Filter):
    def filter(self, record):
        record.request_id = current()
        return True
