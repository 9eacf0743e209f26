"""From rows to the plain values that the rules and the careers work on."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.expressions import Combinable

from loyalty.programs.kinds import Kind
from loyalty.programs.models import Program
from loyalty.tiers.careers import Career, Stretch, Tally
from loyalty.tiers.models import Qualification, Tier, TierMembership, TierProgram
from loyalty.tiers.rules import Level, Metric, Period, Reason, Terms, Window, window_start, year_before

VISITS = (Kind.VISIT.value, Kind.PURCHASE.value)


@dataclass(frozen=True)
class Definition:
    """A program of tiers as it stands: the row, its tiers by id, and the terms that the rules take."""

    row: TierProgram
    tiers: Mapping[int, Tier]
    terms: Terms

    @property
    def kinds(self) -> tuple[str, ...] | None:
        """The kinds of activity of which the number counts; None where points or money are measured."""
        if self.row.metric == Metric.VISITS:
            return VISITS
        return tuple(self.row.kinds) if self.row.metric == Metric.COUNT else None

    @property
    def column(self) -> str:
        return self.row.metric if self.row.metric in (Metric.POINTS, Metric.SPEND) else "times"

    def value(self, row: Qualification) -> int:
        if self.kinds is not None and row.kind not in self.kinds:
            return 0
        return getattr(row, self.column)

    def total(self) -> Combinable:
        """The measure as a sum over qualifications."""
        return Sum(F(self.column), default=0)

    @property
    def counting(self) -> Q:
        """The qualifications that count."""
        return Q() if self.kinds is None else Q(kind__in=self.kinds)

    def tier(self, level: Level | None) -> Tier | None:
        return self.tiers[level.id] if level else None

    def has_priority(self, level: Level | None) -> bool:
        return bool(level) and self.tiers[level.id].priority_support


def define(row: TierProgram, tiers: Iterable[Tier]) -> Definition:
    """The definition of a row and its tiers, saved or not."""
    known = sorted(tiers, key=lambda tier: tier.threshold)
    levels = tuple(Level(tier.code, tier.threshold, tier.pk or 0, tier.is_active) for tier in known)
    terms = Terms(
        levels=levels,
        window=row.window,
        months=row.months or 12,
        soft_landing=row.soft_landing,
        grace_days=row.grace_days,
        each_passed=row.jump == TierProgram.Jump.EACH,
        tz=row.program.tzinfo,
    )
    return Definition(row, {tier.pk: tier for tier in known if tier.pk}, terms)


def definition_of(program: Program) -> Definition | None:
    """None where the program has no tiers."""
    row = TierProgram.objects.filter(program=program).first()
    if row is None:
        return None
    row.program = program
    return define(row, row.tiers.select_related("reward", "recurring_reward"))


def counted(definition: Definition, program: Program) -> QuerySet[Qualification]:
    return Qualification.objects.filter(definition.counting, program=program)


def careers_of(
    definition: Definition, program: Program, member_ids: Collection[int], moments: Collection[datetime]
) -> dict[int, Career]:
    """The careers of these members, with what has counted since long before the earliest moment in question.

    A constant number of statements. Call it with the members' accounts locked.
    """
    stretches = _stretches(definition, program, member_ids)
    since = _since(definition.terms, moments, stretches)
    events: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    rows = counted(definition, program).filter(member_id__in=member_ids)
    bases: dict[int, int] = {}
    if definition.terms.window == Window.LIFETIME:
        before = rows.filter(occurred_at__lt=since).values("member_id").annotate(total=definition.total())
        bases = dict(before.values_list("member_id", "total"))
    values = rows.filter(occurred_at__gte=since).values_list("member_id", "occurred_at", definition.column)
    for member_id, moment, value in values:
        events[member_id].append((moment, value))
    return {
        member_id: Career(
            definition.terms, stretches.get(member_id, ()), Tally(events.get(member_id, ()), bases.get(member_id, 0))
        )
        for member_id in member_ids
    }


def _since(terms: Terms, moments: Collection[datetime], stretches: Mapping[int, list[Stretch]]) -> datetime:
    """From when on rows are read: of each moment its window, over calendar years also the one before, and what
    periods that are still open will be measured by."""
    earliest = min(moments)
    since = [earliest]
    if start := window_start(terms, earliest):
        since.append(start)
    if terms.window == Window.YEAR:
        since.append(year_before(terms, earliest))
    for of_member in stretches.values():
        current = of_member[-1]
        if current.period.measured_from and terms.window != Window.LIFETIME:
            since.append(current.period.measured_from)
    return min(since)


def _stretches(definition: Definition, program: Program, member_ids: Collection[int]) -> dict[int, list[Stretch]]:
    levels = {level.id: level for level in definition.terms.levels}
    found: dict[int, list[Stretch]] = defaultdict(list)
    known: dict[int, Stretch] = {}
    rows = TierMembership.objects.filter(program=program, member_id__in=member_ids).order_by("starts_at", "id")
    for row in rows:
        known[row.pk] = stretch_of(row, levels)
        found[row.member_id].append(known[row.pk])
    for row in rows:
        known[row.pk].instead_of = known.get(row.instead_of_id or 0)
    return found


def stretch_of(row: TierMembership, levels: Mapping[int, Level]) -> Stretch:
    return Stretch(
        levels[row.tier_id] if row.tier_id else None,
        row.starts_at,
        Reason(row.reason),
        Period(row.measured_from, row.period_ends_at),
        row.measure,
        row.activity_id,
        row.ends_at,
        row.pk,
        gifts=row.gifts,
        note=row.note,
    )
