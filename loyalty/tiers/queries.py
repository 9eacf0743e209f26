"""What other rooms may ask about tiers."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max, Min, Q, QuerySet

from loyalty.lib.prepared import Prepared, moment, number
from loyalty.programs.kinds import Standing
from loyalty.programs.models import Program
from loyalty.tiers.careers import Stretch
from loyalty.tiers.models import Tier, TierMembership, TierProgram
from loyalty.tiers.operations.nightly import due
from loyalty.tiers.reading import Definition, careers_of, definition_of
from loyalty.tiers.rules import Ahead, Reason, following, look_at, window_start
from members.models import Enrolment
from members.queries import member_range


class TierStandings:
    """The tiers of a batch's members by moment, each with the multiplier that the tier has today."""

    def __init__(self, rows: QuerySet[TierMembership]):
        self._stretches: dict[int, list[tuple[datetime, datetime | None, Standing | None]]] = defaultdict(list)
        values = rows.values_list("member_id", "starts_at", "ends_at", "tier__code", "tier__multiplier")
        for member_id, starts_at, ends_at, code, multiplier in values:
            standing = Standing(code, multiplier) if code else None
            self._stretches[member_id].append((starts_at, ends_at, standing))

    def at(self, member_id: int, moment: datetime) -> Standing | None:
        for starts_at, ends_at, standing in reversed(self._stretches.get(member_id, [])):
            if starts_at <= moment and (ends_at is None or moment < ends_at):
                return standing
        return None


def standings(*, program: Program, member_ids: Collection[int]) -> TierStandings:
    rows = TierMembership.objects.filter(program=program, member_id__in=member_ids)
    return TierStandings(rows.order_by("starts_at", "id"))


def tier_at(*, program: Program, member_id: int, at: datetime) -> str | None:
    """The code of the tier that a member has at that moment."""
    return next(iter(_tiers_at(program=program.pk, member=member_id, at=at)), None)


@Prepared
def _tiers_at():
    """The latest to begin first, as `TierStandings` has it."""
    mine = TierMembership.objects.filter(program=number("program"), member=number("member"))
    there = mine.filter(Q(ends_at=None) | Q(ends_at__gt=moment("at")), starts_at__lte=moment("at"))
    return there.order_by("-starts_at", "-id").values_list("tier__code", flat=True)[:1]


def tiers_with_access(*, program: Program, tier: str) -> list[str]:
    """The codes of the tiers that open what is offered from `tier` up: higher ones come on top of the lower."""
    lowest = Tier.objects.filter(tier_program__program=program, code=tier).values("threshold")
    rows = Tier.objects.filter(tier_program__program=program, threshold__gte=lowest[:1]).order_by("threshold")
    return list(rows.values_list("code", flat=True))


@dataclass(frozen=True)
class Progress:
    """Where a member stands: what was measured, what is missing to the next tier, what keeping this one takes.

    `kept_until` is the moment until which the tier is safe whatever happens, empty where it is kept for ever. `stay` is
    empty where nothing has to be done by then.
    """

    definition: Definition
    stretch: Stretch | None
    measure: int
    next: Ahead | None
    stay: Ahead | None
    kept_until: datetime | None

    @property
    def tier(self) -> Tier | None:
        return self.definition.tier(self.stretch.level) if self.stretch else None

    @property
    def next_tier(self) -> Tier | None:
        return self.definition.tier(self.next.level) if self.next else None

    @property
    def by_hand(self) -> bool:
        return bool(self.stretch and self.stretch.by_hand)


def progress(*, program: Program, member_id: int, at: datetime) -> Progress | None:
    """None where the program has no tiers."""
    definition = definition_of(program)
    if definition is None:
        return None
    terms = definition.terms
    career = careers_of(definition, program, [member_id], [at])[member_id]
    career.look(at)
    current = career.current
    measure = career.tally.up_to(window_start(terms, at), at)
    upward = following(terms, career.level)
    stay = None
    kept_until = current.look_at(terms) if current and current.level else None
    if current and current.level and kept_until and not current.by_hand and current.period.ends_at:
        so_far = career.tally.between(current.period.measured_from, None)
        stay = Ahead(current.level, so_far, by=look_at(terms, current.period.ends_at))
    return Progress(definition, current, measure, Ahead(upward, measure) if upward else None, stay, kept_until)


def history(*, program: Program, member_id: int) -> QuerySet[TierMembership]:
    """The member's times in tiers, the newest first."""
    rows = TierMembership.objects.filter(program=program, member_id=member_id)
    return rows.select_related("tier").order_by("-starts_at", "-id")


def tier_choices(*, program: Program) -> list[tuple[str, str]]:
    """The tiers of a program for a form, from the lowest up."""
    return [(tier.code, tier.name) for tier in Tier.objects.filter(tier_program__program=program).order_by("threshold")]


def has_tier_by_hand(*, enrolment_id: int | str) -> bool:
    by_hand = Q(member__tier_memberships__reason=Reason.BY_HAND, member__tier_memberships__ends_at=None)
    same = Q(member__tier_memberships__program=F("program"))
    return Enrolment.objects.filter(by_hand, same, pk=enrolment_id).exists()


# The night


def raising_since(*, program: Program, at: datetime) -> datetime | None:
    """When the thresholds changed, if members have yet to rise because of it."""
    rows = TierProgram.objects.filter(program=program, changed_at__lte=at)
    return rows.values_list("changed_at", flat=True).first()


def members_to_review(*, program: Program, at: datetime) -> tuple[int | None, int | None]:
    """The first and the last member id that the night of that moment has to look at; None where nobody."""
    definition = definition_of(program)
    if definition is None:
        return None, None
    if raising_since(program=program, at=at):
        return member_range(program=program)
    ends = due(TierMembership.objects.filter(program=program, ends_at=None), definition, at)
    found = ends.aggregate(first=Min("member_id"), last=Max("member_id"))
    return found["first"], found["last"]
