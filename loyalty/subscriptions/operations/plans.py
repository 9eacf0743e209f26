from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program
from loyalty.subscriptions import rules
from loyalty.subscriptions.models import Plan, PlanPrice
from rewards.models import Reward

REWARDS = ("joining_reward", "recurring_reward")


@transaction.atomic
def add_plan(*, program: Program, code: str, prices: Mapping[str, int], at: datetime, by=None, **terms: Any) -> Plan:
    """A new plan with its price per currency (minor units). `terms` are fields of `Plan`; a reward may be its code.

    Raises Django's `ValidationError` with a message at each field that makes no sense.
    """
    for name in REWARDS:
        if isinstance(terms.get(name), str):
            terms[name] = _reward(program, terms[name], name)
    if fault := rules.price_fault(prices, program.money_currency):
        raise ValidationError({"prices": fault})
    plan = save_checked(Plan(program=program, code=code, **terms), by=by, at=at)
    for currency, amount in prices.items():
        save_checked(PlanPrice(plan=plan, currency=currency, amount=amount), by=by, at=at)
    return plan


@transaction.atomic
def set_price(*, plan: Plan, currency: str, amount: int, at: datetime, by=None) -> PlanPrice:
    """What new subscriptions cost from now on; who has subscribed keeps the old price."""
    price = PlanPrice.objects.filter(plan=plan, currency=currency).first() or PlanPrice(plan=plan, currency=currency)
    if amount < 0:
        raise ValidationError({"amount": _("A price cannot be negative.")})
    price.amount = amount
    return save_checked(price, by=by, at=at)


def _reward(program: Program, code: str, field: str) -> Reward:
    reward = Reward.objects.filter(program=program, code=code).first()
    if reward is None:
        raise ValidationError({field: _("There is no reward “%(code)s”.") % {"code": code}})
    return reward
