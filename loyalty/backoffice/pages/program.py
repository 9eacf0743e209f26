"""What a program is made of, in plain words, with a link to add to each part: it stands above its page."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import admin
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from campaigns import conditions
from campaigns.models import Segment
from loyalty.challenges import sentences as challenges
from loyalty.challenges.models import Challenge
from loyalty.earning.models import EarningRule
from loyalty.earning.sentences import describe
from loyalty.lib.wording import named
from loyalty.programs.models import Program, Store
from loyalty.punchcards import sentences as punchcards
from loyalty.punchcards.models import PunchCardProgram
from loyalty.referrals import sentences as referrals
from loyalty.referrals.models import ReferralProgram
from loyalty.subscriptions import sentences as subscriptions
from loyalty.subscriptions.models import Plan
from loyalty.tiers.models import TierProgram
from rewards import sentences as rewards
from rewards.models import BurnRule, IssuanceRule, Offer, Reward

SHOWN = 8


class Part(NamedTuple):
    model: type[Model]
    words: Callable[[Any], Any] = str


def _tiers(row: TierProgram) -> str:
    return ", ".join(tier.name for tier in row.tiers.filter(is_active=True).order_by("threshold"))


PARTS = (
    Part(Store),
    Part(Reward, lambda row: named(row, rewards.gift(row))),
    Part(EarningRule, lambda row: named(row, describe(row))),
    Part(IssuanceRule, rewards.issuing),
    Part(BurnRule, lambda row: named(row, rewards.burning(row))),
    Part(TierProgram, _tiers),
    Part(PunchCardProgram, lambda row: named(row, punchcards.describe(row))),
    Part(Challenge, lambda row: named(row, challenges.goal_text(row))),
    Part(ReferralProgram, referrals.promise),
    Part(Plan, lambda row: named(row, subscriptions.prices(row))),
    Part(Segment, lambda row: named(row, conditions.in_words(row.conditions, program=row.program))),
    Part(Offer),
)


def parts(request, program: Program) -> list[dict[str, Any]]:
    """The parts that this user may see, each with its first rows."""
    return [_part(request, part, program) for part in PARTS if _admin(part.model).has_view_permission(request)]


def _part(request, part: Part, program: Program) -> dict[str, Any]:
    opts = part.model._meta
    rows = list(_rows(part.model, program)[: SHOWN + 1])
    is_single = opts.get_field("program").one_to_one
    may_add = _admin(part.model).has_add_permission(request) and not (is_single and rows)
    return {
        "title": capfirst(opts.verbose_name_plural),
        "rows": [(_address(row, "change", row.pk), capfirst(part.words(row))) for row in rows[:SHOWN]],
        "all": f"{_address(part.model, 'changelist')}?program__id__exact={program.pk}" if len(rows) > SHOWN else "",
        "add": f"{_address(part.model, 'add')}?program={program.pk}" if may_add else "",
    }


def _rows(model: type[Model], program: Program) -> QuerySet:
    """The rows that count or will: of a rule its version in force or the next one."""
    rows = model._default_manager.filter(program=program).order_by("pk")
    if model is EarningRule:
        return rows.filter(Q(valid_to=None) | Q(valid_to__gt=timezone.now())).select_related("program", "reward")
    names = {field.name for field in model._meta.get_fields()}
    return rows.filter(is_active=True) if "is_active" in names else rows


def _admin(model):
    return admin.site._registry[model]


def _address(model, page: str, *args) -> str:
    return reverse(admin_urlname(model._meta, page), args=args)
