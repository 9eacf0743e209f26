"""Whom a change of the thresholds would move, before it is saved: one statement, whatever the number of members."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import BooleanField, Case, CharField, Count, Exists, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from loyalty.programs.models import Program
from loyalty.tiers.models import Tier, TierMembership
from loyalty.tiers.reading import Definition, counted
from loyalty.tiers.rules import Reason, window_start
from members.models import Enrolment


class Move(NamedTuple):
    """What happens to one tier: who has it now, who rises into it in the next night, who of those who have enough to
    keep it no longer would."""

    tier: Tier
    now: int
    rise: int
    fall: int


def preview(
    *, program: Program, before: Definition, after: Definition, tiers: Sequence[Tier], at: datetime
) -> list[Move]:
    """The tiers from the lowest up, as they will be. `tiers` are those of `after`, saved or not."""
    codes = [level.code for level in after.terms.levels]
    now, rise, fall = (dict.fromkeys(codes, 0) for _ in range(3))
    for row in _rows(program, before, after, at):
        code, earned, members = row["tier"], row["earned"], row["members"]
        place = codes.index(code) if code in codes else -1
        if code in now:
            now[code] += members
        if earned and codes.index(earned) > place:
            if not row["by_hand"]:
                rise[earned] += members
        elif row["enough"] and (not earned or codes.index(earned) < place):
            fall[code] += members
    by_code = {tier.code: tier for tier in tiers}
    return [Move(by_code[code], now[code], rise[code], fall[code]) for code in codes]


def _rows(program: Program, before: Definition, after: Definition, at: datetime):
    """Members counted by the tier that they have, the one that they would reach, and whether they have enough now."""
    reached = [
        When(after_measure__gte=level.threshold, then=Value(level.code))
        for level in reversed(after.terms.levels)
        if level.is_active
    ]
    enough = [When(tier=level.code, before_measure__gte=level.threshold, then=True) for level in before.terms.levels]
    hand = TierMembership.objects.filter(
        program=program, member_id=OuterRef("member_id"), ends_at=None, reason=Reason.BY_HAND
    )
    rows = Enrolment.objects.filter(program=program).annotate(
        before_measure=_measure(before, program, at),
        after_measure=_measure(after, program, at),
        earned=Case(*reached, default=Value(""), output_field=CharField()),
        enough=Case(*enough, default=False, output_field=BooleanField()),
        by_hand=Exists(hand),
    )
    return rows.values("tier", "earned", "enough", "by_hand").annotate(members=Count("pk")).order_by()


def _measure(definition: Definition, program: Program, at: datetime) -> Coalesce:
    counting = counted(definition, program).filter(member_id=OuterRef("member_id"), occurred_at__lte=at)
    if start := window_start(definition.terms, at):
        counting = counting.filter(occurred_at__gte=start)
    total = counting.order_by().values("member_id").annotate(total=definition.total()).values("total")
    return Coalesce(Subquery(total), Value(0))
