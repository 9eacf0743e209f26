"""What came into the member's accounts and what went out, newest first, page after page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from loyalty.challenges.causes import causes_in_words
from loyalty.earning.models import Activity
from loyalty.earning.sentences import kind_text
from loyalty.ledger.models import Entry
from loyalty.ledger.queries import as_it_stands
from loyalty.lib.money import money_text
from loyalty.lib.periods import local_date
from members.models import Enrolment
from rewards.models import Redemption

PER_PAGE = 20
ACTIVITY = "activity:"
Cause = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Move:
    day: date
    text: str
    amount: str
    is_loss: bool


@dataclass(frozen=True, slots=True)
class Page:
    moves: list[Move]
    older: str  # where the next page begins; empty at the end


def page(enrolment: Enrolment, before: str) -> Page:
    mine = Entry.objects.filter(account__member=enrolment.member_id, account__program=enrolment.program_id)
    rows = list(_from(as_it_stands(mine), before).select_related("key", "account__program")[: PER_PAGE + 1])
    shown = rows[:PER_PAGE]
    texts = _texts(enrolment, shown)
    tz = enrolment.program.tzinfo
    moves = [
        Move(
            local_date(entry.effective_at, tz),
            texts[entry.key.source, entry.key.external_id],
            entry.account.text(entry.points, signed=True),
            entry.points < 0,
        )
        for entry in shown
    ]
    older = f"{shown[-1].effective_at.isoformat()}_{shown[-1].pk}" if len(rows) > PER_PAGE else ""
    return Page(moves, older)


def _from(entries, before: str):
    """The entries before that one, a page that was made up being the first."""
    moment, last = _position(before)
    if moment:
        entries = entries.filter(Q(effective_at__lt=moment) | Q(effective_at=moment, pk__lt=last))
    return entries.order_by("-effective_at", "-pk")


def _position(text: str) -> tuple[datetime | None, int]:
    moment, _underscore, last = text.partition("_")
    try:
        read = parse_datetime(moment)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None or not (last.isdecimal() and len(last) < 19):
        return None, 0
    return read, int(last)


def _texts(enrolment: Enrolment, entries: Sequence[Entry]) -> dict[Cause, str]:
    """Why the points moved, by cause. A constant number of statements."""
    causes = {(entry.key.source, entry.key.external_id): entry for entry in entries}
    found = {cause: capfirst(entry.get_kind_display()) for cause, entry in causes.items()}
    found |= _activities(enrolment, causes) | _redemptions(enrolment, causes)
    return found | causes_in_words(causes) | _issuances(causes)


def _activities(enrolment: Enrolment, causes: Iterable[Cause]) -> dict[Cause, str]:
    wanted = Q(pk__in=[])
    for source, external_id in causes:
        if source.startswith(ACTIVITY):
            wanted |= Q(source=source.removeprefix(ACTIVITY), external_id=external_id)
    rows = Activity.objects.filter(wanted, program=enrolment.program_id).select_related("store")
    return {(ACTIVITY + row.source, row.external_id): _activity(row) for row in rows}


def _activity(row: Activity) -> str:
    parts = [capfirst(kind_text(row.kind))]
    if row.amount:
        parts.append(money_text(row.amount, row.currency))
    if row.store:
        parts.append(row.store.name)
    return " · ".join(parts)


def _issuances(causes: Iterable[Cause]) -> dict[Cause, str]:
    """What the night made vouchers of."""
    of_a_night = [cause for cause in causes if cause[0].partition(":")[0] == "issuance"]
    days = {cause: parse_date(cause[1][:10]) for cause in of_a_night}
    text = _("Monthly issuance of %(month)s")
    return {cause: text % {"month": date_format(day, "F Y")} for cause, day in days.items() if day}


def _redemptions(enrolment: Enrolment, causes: Iterable[Cause]) -> dict[Cause, str]:
    mine = {cause: cause[1] for cause in causes if cause[0].startswith("redemption") and cause[1].isdigit()}
    rows = Redemption.objects.filter(program=enrolment.program_id, pk__in=mine.values()).select_related("reward")
    names = {str(row.pk): str(row) for row in rows}
    done, undone = _("Redemption: %(what)s"), _("Redemption undone: %(what)s")
    return {
        cause: (done if cause[0] == "redemption" else undone) % {"what": names[number]}
        for cause, number in mine.items()
        if number in names
    }
