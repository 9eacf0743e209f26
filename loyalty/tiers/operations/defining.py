"""Setting the tiers of a program up, by a template or by hand in the admin."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program
from loyalty.tiers.models import Tier, TierProgram
from loyalty.tiers.models.tier import MOST
from loyalty.tiers.rules import thresholds_ascend
from members.models import Enrolment
from rewards.models import Reward

from .errors import TierRefused

MEASURING = ("metric", "kinds", "window", "months")  # what of a program of tiers decides who has reached what
FAR_AWAY = 10 * MOST  # beyond every threshold: where thresholds wait while others take their place


@transaction.atomic
def set_tiers(
    *, program: Program, tiers: Sequence[Mapping[str, Any]], at: datetime, by=None, **terms: Any
) -> TierProgram:
    """The program's tiers, from the lowest up; twice changes nothing. `terms` are fields of `TierProgram`.

    Each tier is named by its `code`; the rest are fields of `Tier`, rewards by their codes or as rows, the threshold
    in minor units where spend is measured. A tier that stands and is not named can no longer be reached. Members who
    reach more than before rise in the next night or with their next activity; nobody comes down before the end of
    their period. Raises `TierRefused`.
    """
    row = TierProgram.objects.select_for_update().filter(program=program).first() or TierProgram(program=program)
    row.program = program
    known = {tier.code: tier for tier in row.tiers.all()} if row.pk else {}
    _refuse_disorder(tiers)
    wanted = []
    for terms_of_tier in tiers:
        tier = known.get(terms_of_tier["code"]) or Tier()
        for name, value in ({"is_active": True} | dict(terms_of_tier)).items():
            setattr(tier, name, _reward(program, value) if name in ("reward", "recurring_reward") else value)
        wanted.append(tier)
    for tier in known.values():
        if tier not in wanted:
            tier.is_active = False
            wanted.append(tier)
    for name, value in terms.items():
        setattr(row, name, value)
    return save_tiers(row=row, tiers=wanted, at=at, by=by)


@transaction.atomic
def save_tiers(*, row: TierProgram, tiers: Sequence[Tier], at: datetime, by=None) -> TierProgram:
    """Save a program of tiers and these tiers of it, those alone that differ from what stands.

    Thresholds may change places: they are first moved out of each other's way.
    """
    before = TierProgram.objects.filter(pk=row.pk).first() if row.pk else None
    known = {tier.pk: tier for tier in Tier.objects.filter(tier_program=before)} if before else {}
    if before is None or _differs(row, before):
        save_checked(row, by=by, at=at)
    changed = [tier for tier in tiers if tier.pk not in known or _differs(tier, known[tier.pk])]
    moved = [tier for tier in changed if tier.pk in known and tier.threshold != known[tier.pk].threshold]
    for place, tier in enumerate(moved):
        Tier.objects.filter(pk=tier.pk).update(threshold=FAR_AWAY + place)
    for tier in changed:
        tier.tier_program = row
        save_checked(tier, by=by, at=at)
        if tier.pk in known and tier.priority_support != known[tier.pk].priority_support:
            having = Enrolment.objects.filter(program=row.program, tier=tier.code)
            having.update(priority_by_tier=tier.priority_support)
    if before and (moved or _measures_otherwise(row, before, changed, known)):
        TierProgram.objects.filter(pk=row.pk).update(changed_at=at)
    return row


def _refuse_disorder(tiers: Sequence[Mapping[str, Any]]) -> None:
    if not tiers:
        raise TierRefused({"tiers": _("Name at least one tier.")})
    codes = [tier["code"] for tier in tiers]
    if len(set(codes)) < len(codes):
        raise TierRefused({"code": _("Two tiers have the same code.")})
    thresholds = [tier["threshold"] for tier in tiers]
    for place in thresholds_ascend(thresholds):
        raise TierRefused({"threshold": descends(tiers[place - 1]["code"], tiers[place]["code"])})


def descends(lower: str, higher: str) -> str:
    return _("“%(higher)s” comes after “%(lower)s”, so it must begin higher.") % {"lower": lower, "higher": higher}


def _reward(program: Program, reward: Reward | str | None) -> Reward | None:
    if reward is None or isinstance(reward, Reward):
        return reward
    found = Reward.objects.filter(program=program, code=reward).first()
    if found is None:
        raise TierRefused({"reward": _("The catalogue has no reward “%(code)s”.") % {"code": reward}})
    return found


def _differs(row: TierProgram | Tier, before: TierProgram | Tier) -> bool:
    columns = [field.attname for field in row._meta.concrete_fields if field.attname not in ("id", "changed_at")]
    return any(_plain(row, name) != _plain(before, name) for name in columns)


def _plain(row: TierProgram | Tier, name: str) -> Any:
    """The value as it would come back from the table."""
    value = getattr(row, name)
    field = next(field for field in row._meta.concrete_fields if field.attname == name)
    return value if value is None or field.is_relation else field.to_python(value)


def _measures_otherwise(
    row: TierProgram, before: TierProgram, changed: Sequence[Tier], known: Mapping[int, Tier]
) -> bool:
    if any(_plain(row, name) != _plain(before, name) for name in MEASURING):
        return True
    return any(tier.pk not in known or tier.is_active != known[tier.pk].is_active for tier in changed)
