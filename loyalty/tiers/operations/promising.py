"""Rewards that come again and again with a tier: promised when a stretch in it begins, ended with it.

The promise is named by the stretch. It ends with the period even if the night is late; what is kept for another period
is promised anew.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from loyalty.lib.periods import local_date, start_of_day
from loyalty.programs.models import Program
from loyalty.tiers.careers import Career, Stretch
from loyalty.tiers.reading import Definition
from rewards.models import Reward
from rewards.operations import Grant, end_entitlement, entitle_many

SOURCE = "tier"


def promise(definition: Definition, program: Program, careers: Mapping[int, Career], *, at: datetime, by=None) -> None:
    """End the promises of stretches that ended, make those of the ones that began."""
    ended = [str(each.id) for career in careers.values() for each in career.ending if each is not career.current]
    if ended:
        end_entitlement(program=program, source=SOURCE, references=ended, at=at, by=by)
    undone = [str(each.id) for career in careers.values() for each in career.undone]
    if undone:
        end_entitlement(program=program, source=SOURCE, references=undone, at=at, by=by, withdraw=True)
    wanted: dict[tuple[Reward, str, datetime, datetime | None], list[Grant]] = {}
    for member_id, reward, every, stretch in _begun(definition, careers):
        key = (reward, every, _from(definition, stretch, at), stretch.look_at(definition.terms))
        wanted.setdefault(key, []).append(Grant(member_id, str(stretch.id)))
    for (reward, every, starts_at, until), grants in wanted.items():
        entitle_many(
            program=program,
            reward=reward,
            grants=grants,
            every=every,
            source=SOURCE,
            at=starts_at,
            by=by,
            until=until,
        )


def _begun(definition: Definition, careers: Mapping[int, Career]) -> Iterable[tuple[int, Reward, str, Stretch]]:
    for member_id, career in careers.items():
        stretch = career.current
        tier = definition.tier(stretch.level) if stretch and career.fresh else None
        if stretch and tier and tier.recurring_reward:
            yield member_id, tier.recurring_reward, tier.recurs, stretch


def _from(definition: Definition, stretch: Stretch, at: datetime) -> datetime:
    """Today at the earliest: a tier that a late activity brings promises nothing for the past."""
    tz = definition.terms.tz
    return max(stretch.starts_at, start_of_day(local_date(at, tz), tz))
