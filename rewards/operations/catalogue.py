"""The catalogue and the rules of a program, set up by hand or by a template.

Each verb raises Django's `ValidationError` with a message at each field that makes no sense.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from loyalty.ledger.currencies import Currency
from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program, Store
from rewards import rules
from rewards.models import BurnRule, IssuanceRule, Reward, RewardItem

from .errors import RewardsError
from .partner_codes import has_pool


@transaction.atomic
def add_reward(
    *,
    program: Program,
    code: str,
    at: datetime,
    by=None,
    stores: Iterable[Store] = (),
    items: Sequence[Reward | tuple[Reward, int]] = (),
    **terms: Any,
) -> Reward:
    """A new item of the catalogue; `terms` are fields of `Reward`, `items` the parts of several at once or one of
    several, with a quantity where it is not one."""
    reward = save_checked(Reward(program=program, code=code, **terms), by=by, at=at)
    reward.stores.set(stores)
    for item in items:
        part, quantity = item if isinstance(item, tuple) else (item, 1)
        save_checked(RewardItem(reward=reward, item=part, quantity=quantity), by=by, at=at)
    if missing := rules.parts_missing(reward.kind, len(items)):
        raise ValidationError({"kind": missing})
    return reward


@transaction.atomic
def set_stock(*, reward: Reward, stock: int | None, seen: int | None, at: datetime, by=None) -> Reward:
    """Set how many are left; None for endless. `seen` is what the asker saw: what was taken meanwhile is not undone.

    Raises `RewardsError` when the stock is another one by now.
    """
    held = Reward.objects.select_for_update().get(pk=reward.pk)
    if has_pool(held):
        raise RewardsError(
            rules.Refusal("stock_is_codes", _("The stock is the partner’s codes that are left: add codes."))
        )
    if held.stock != seen:
        raise RewardsError(rules.Refusal("stock_changed", _("The stock has changed meanwhile; look again.")))
    held.stock = stock
    return save_checked(held, by=by, at=at)


@transaction.atomic
def add_burn_rule(
    *, program: Program, name: str, at: datetime, by=None, stores: Iterable[Store] = (), **terms: Any
) -> BurnRule:
    """A new rule for paying with points; `terms` are fields of `BurnRule`."""
    rule = save_checked(BurnRule(program=program, name=name, **terms), by=by, at=at)
    rule.stores.set(stores)
    return rule


@transaction.atomic
def set_issuance_rule(
    *,
    program: Program,
    points: int,
    value: int,
    voucher_days: int | None = None,
    currency: str = Currency.POINTS,
    minimum: int = 0,
    at: datetime,
    by=None,
) -> IssuanceRule:
    """From its next first of a month on, the program turns each full `points` into `value` (minor units).

    Cash-back is paid out whole with 1 and 1. Members who have less than `minimum` keep it until a later month.
    """
    known = IssuanceRule.objects.filter(program=program, currency=currency).first()
    rule = known or IssuanceRule(program=program, currency=currency)
    rule.points, rule.value, rule.voucher_days, rule.is_active = points, value, voucher_days, True
    rule.minimum = minimum
    return save_checked(rule, by=by, at=at)
