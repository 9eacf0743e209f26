"""The member's tier: what it brings, how far it is to the next one, what keeping it takes, how it came about."""

from dataclasses import dataclass, field
from typing import Any

from loyalty.tiers import queries
from loyalty.tiers.models import Tier
from loyalty.tiers.sentences import measure_text, progress_sentences

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

    measured = measure_text(progress.measure, progress.definition.row.metric, program.money_currency)
    found = Section(progress.tier, measured, by_hand=progress.by_hand)
    if progress.next and progress.next_tier and not progress.by_hand:
        found.percent = progress.next.percent
    found.sentences = progress_sentences(progress, program)
    found.history = queries.history(program=program, member_id=member.pk)[:SHOWN]
    return found
