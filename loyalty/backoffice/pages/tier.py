"""The member's tier: what it brings, how far it is to the next one, what keeping it takes, how it came about."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from loyalty.lib.forms import INSTANT
from loyalty.lib.periods import local_date
from loyalty.tiers import queries
from loyalty.tiers.models import Tier
from loyalty.tiers.sentences import measure_text

SHOWN = 8


@dataclass
class Section:
    tier: Tier | None
    measured: str
    sentences: list[str] = field(default_factory=list)
    percent: int | None = None
    history: Any = ()
    by_hand: bool = False


def section(enrolment, now):
    """None where the program has no tiers."""
    program, member = enrolment.program, enrolment.member
    progress = queries.progress(program=program, member_id=member.pk, at=now)
    if progress is None:
        return None

    def text(measure):
        return measure_text(measure, progress.definition.row.metric, program.money_currency)

    found = Section(progress.tier, text(progress.measure), by_hand=progress.by_hand)
    if progress.next and progress.next_tier and not progress.by_hand:
        found.percent = progress.next.percent
        words = {"missing": text(progress.next.missing), "tier": progress.next_tier.name}
        found.sentences.append(_("%(missing)s to %(tier)s.") % words)
    if progress.tier and progress.kept_until:
        words = {"day": date_format(last_day(progress.kept_until, program)), "tier": progress.tier.name}
        if progress.by_hand:
            found.sentences.append(_("Set by hand until %(day)s.") % words)
        elif progress.stay and progress.stay.missing:
            words["missing"] = text(progress.stay.missing)
            found.sentences.append(_("%(missing)s more by %(day)s to keep %(tier)s.") % words)
        else:
            found.sentences.append(_("Enough to keep %(tier)s after %(day)s.") % words)
    found.history = queries.history(program=program, member_id=member.pk)[:SHOWN]
    return found


def last_day(moment, program):
    """The last day of what ends at that moment."""
    return local_date(moment - INSTANT, program.tzinfo)
