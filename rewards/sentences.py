"""Rewards and rules in plain words, in the reader's language."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from loyalty.ledger.currencies import CASHBACK, shown
from loyalty.lib.money import money_text
from loyalty.lib.wording import named
from rewards.models import BurnRule, Issuance, IssuanceRule, Redemption, Reward, Voucher


def gift(reward: Reward) -> str:
    """What somebody gets who has the reward."""
    kind = reward.Kind(reward.kind)
    if kind == kind.DISCOUNT_PERCENT:
        return _("%(percent)s %% off") % {"percent": _plain(reward.percent)}
    if kind == kind.DISCOUNT_AMOUNT:
        return _("%(amount)s off") % {"amount": _money(reward.amount, reward)}
    if kind == kind.CASH_BACK:
        return _("%(amount)s cash-back") % {"amount": _money(reward.amount, reward)}
    if kind in reward.OF_PARTS:
        return _joined(kind.label, [str(part) for part in reward.items.select_related("item")])
    if kind == kind.PARTNER:
        return f"{reward.name} ({reward.partner_name})"
    return f"{kind.label} {reward.product}".strip()


def _joined(title, parts: list[str]) -> str:
    return named(title, ", ".join(parts)) if parts else str(title)


def conditions(reward: Reward) -> str:
    """When its vouchers count; empty for always."""
    parts = []
    if reward.minimum_basket:
        parts.append(_("from %(amount)s on") % {"amount": _money(reward.minimum_basket, reward)})
    if goods := [*reward.categories, *reward.skus]:
        parts.append(_("for %(goods)s") % {"goods": ", ".join(goods)})
    if not reward.is_stackable:
        parts.append(_("not together with other vouchers"))
    if reward.exclusive_group:
        parts.append(_("one of the group “%(group)s” per sale") % {"group": reward.exclusive_group})
    return ", ".join(parts)


def worth(voucher: Voucher) -> str:
    """What a voucher is good for: the reward, or an amount."""
    return gift(voucher.reward) if voucher.reward else _money(voucher.value, voucher)


def exchange(redemption: Redemption) -> str:
    """What the points of a redemption became."""
    if redemption.reward:
        return f"{redemption.quantity} × {redemption.reward}"
    return _("%(amount)s paid at the till") % {"amount": _money(redemption.value, redemption)}


def burning(rule: BurnRule) -> str:
    parts = [_("each full %(points)s points pay %(value)s") % _step(rule)]
    if rule.currency == CASHBACK:
        parts = [_("each full %(points)s of cash-back pay %(value)s") % _step(rule)]
    if rule.minimum_points:
        parts.append(_from(rule.minimum_points, rule))
    if rule.largest_share < 100:
        parts.append(_("up to %(share)s %% of the basket") % {"share": _plain(rule.largest_share)})
    return ", ".join(parts)


def issuing(rule: IssuanceRule) -> str:
    parts = [_("each full %(points)s points → %(value)s") % _step(rule)]
    if rule.currency == CASHBACK:
        parts = [_("each full %(points)s of cash-back → %(value)s") % _step(rule)]
    if rule.minimum:
        parts.append(_from(rule.minimum, rule))
    return ", ".join(parts)


def spent(row: Redemption | Issuance) -> str:
    """What was given for it, in its own currency."""
    return shown(row.points, row.currency, row.program.money_currency)


def _from(minimum: int, rule: BurnRule | IssuanceRule) -> str:
    if rule.currency == CASHBACK:
        return _("from %(amount)s on") % {"amount": _money(minimum, rule)}
    return _("from %(points)s points on") % {"points": _plain(minimum)}


def _step(rule: BurnRule | IssuanceRule) -> dict[str, str]:
    points = shown(rule.points, rule.currency, rule.program.money_currency)
    return {"points": points, "value": _money(rule.value, rule)}


def _money(minor: int | None, row) -> str:
    return money_text(minor, row.program.money_currency)


def _plain(number) -> str:
    """A count or a percentage, without the zeros that its column would add."""
    decimals = 0 if number == int(number) else 2
    return number_format(number, decimals, use_l10n=True, force_grouping=True)
