"""The arithmetic of messages: when, how often, and what may stand in them. No database."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo

from loyalty.lib.periods import local_date, start_of_day

PLACEHOLDERS = ("first_name", "program", "points", "currency", "date")
# A welcome after three days greets nobody, and a mail server that is away for longer is a matter for staff.
LATEST = timedelta(days=3)
RETRY_AFTER = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8), timedelta(days=1))
# Longer than any single delivery: the socket gives up after settings.EMAIL_TIMEOUT per step.
INTERRUPTED_AFTER = timedelta(hours=1)

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_LINK = re.compile(r"://|www\.|@|\w\.\w")
_LONGEST_NAME = 40


def last_usable_day(expires_at: datetime, tz: tzinfo) -> date:
    """The last local day on which points can be used that are gone at `expires_at`."""
    return local_date(expires_at - timedelta(microseconds=1), tz)


def period_of(expires_at: datetime, tz: tzinfo) -> str:
    """The month of the last usable day, such as `2026-03`."""
    return f"{last_usable_day(expires_at, tz):%Y-%m}"


def horizon(day: date, days_before: int, tz: tzinfo) -> datetime:
    """Points that expire by then are announced on `day`."""
    return start_of_day(day + timedelta(days=days_before), tz)


def retry_at(attempts: int, at: datetime) -> datetime | None:
    """When a message is tried again that failed for the `attempts`th time, or None where it is given up."""
    return at + RETRY_AFTER[attempts - 1] if attempts <= len(RETRY_AFTER) else None


def greeting_name(first_name: str) -> str:
    """The name to greet with; none where it carries an address.

    Anybody can sign up with somebody else's e-mail and write an advertisement into the name.
    """
    name = " ".join(first_name.split())
    return "" if len(name) > _LONGEST_NAME or _LINK.search(name) else name


def unknown_placeholders(text: str) -> list[str]:
    return [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with `{first_name}` and the like filled in; what has no value becomes nothing."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)
