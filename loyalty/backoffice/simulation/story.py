"""The file of a story, read and checked as a whole before anything happens."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _

from loyalty.lib.periods import ONE_DAY

COMMON = frozenset({"at", "member", "do"})
YEARS = range(1970, 2200)
# Verb → the fields that an event of it may have besides those above.
VERBS: dict[str, frozenset[str]] = {
    verb: frozenset(fields.split())
    for verb, fields in {
        "enrol": "channel store first_name last_name email phone birth_date language postcode tags consents"
        " card referral",
        "activity": "partner id kind amount currency lines paid_with vouchers points store channel brand referral"
        " code occurred_at",
        "refund": "id of amount store occurred_at",
        "redeem": "partner reward quantity points currency activity amount store",
        "use_voucher": "reward code activity store reserve",
        "release": "reward code activity",
        "consent": "channel given",
        "enter_code": "code batch store",
        "register_card": "gift_card amount",
        "subscribe": "plan",
        "cancel": "now",
        "charge_result": "result results times",
        "adjust": "points reason",
        "transfer": "to points",
        "merge": "absorb into reason",
        "check": "",
    }.items()
}


def in_zone(moment: datetime, tz: tzinfo) -> datetime:
    """A moment of a story: of the program's zone where the story gives none."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=tz)).astimezone(UTC)


class StoryRefused(Exception):
    """The file is no story; the message says where and why."""


@dataclass(frozen=True)
class Event:
    """One thing that happens. `at` has no zone where the story gives none: it is then the program's."""

    index: int
    at: datetime
    do: str
    member: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    settings: Mapping[str, Any]
    events: list[Event]

    @property
    def eve(self) -> datetime:
        """A moment before anything happens, whatever the program's zone: the program is made then."""
        first = self.events[0].at if self.events else datetime(2025, 1, 1, tzinfo=UTC)
        return (first if first.tzinfo else first.replace(tzinfo=UTC)) - 2 * ONE_DAY


def read_story(text: str) -> Story:
    """Raises `StoryRefused`. Unknown verbs and fields are errors: a misspelt one would tell another story."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise StoryRefused(_("This is not JSON: %(error)s.") % {"error": error}) from None
    if not isinstance(data, dict) or not isinstance(data.get("events"), list):
        raise StoryRefused(_("A story is an object with “events”, a list, and perhaps “settings”."))
    if unknown := set(data) - {"settings", "events"}:
        raise StoryRefused(_("A story has no “%(name)s”.") % {"name": sorted(unknown)[0]})
    settings = data.get("settings") or {}
    if not isinstance(settings, dict):
        raise StoryRefused(_("“settings” is an object of names with their values."))
    return Story(settings, [_event(index, item) for index, item in enumerate(data["events"])])


def _event(index: int, item: Any) -> Event:
    def refuse(message: str, **words: Any) -> StoryRefused:
        return StoryRefused(_("Event %(index)d: %(message)s") % {"index": index, "message": message % words})

    if not isinstance(item, dict):
        raise refuse(_("an event is an object."))
    verb = item.get("do")
    if not isinstance(verb, str) or verb not in VERBS:
        raise refuse(_("“%(verb)s” is no verb; there are %(verbs)s."), verb=verb, verbs=", ".join(VERBS))
    if unknown := set(item) - COMMON - VERBS[verb]:
        known = ", ".join(sorted(VERBS[verb])) or "–"
        raise refuse(_("“%(verb)s” has no “%(name)s”; it has %(known)s."), verb=verb, name=min(unknown), known=known)
    if verb != "check" and not isinstance(item.get("member"), str):
        raise refuse(_("it does not say which member."))
    try:
        at = datetime.fromisoformat(item.get("at", ""))
        if at.year not in YEARS:
            raise ValueError
    except (TypeError, ValueError):
        raise refuse(_("“at” is a moment such as 2025-01-05T12:00.")) from None
    given = {name: item[name] for name in item.keys() & VERBS[verb] if item[name] is not None}
    return Event(index, at, verb, item.get("member") or "", given)
