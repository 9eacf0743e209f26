"""What members hold: points, and cash-back, which is the program's money in minor units.

A program has the accounts of both in one ledger, and the same promises hold for both; only people must never see one
written as the other.
"""

from django.db.models import TextChoices
from django.utils.formats import number_format
from django.utils.translation import pgettext_lazy

from loyalty.ledger.book import POINTS
from loyalty.lib.money import money_text

CASHBACK = "cashback"


class Currency(TextChoices):
    POINTS = POINTS, pgettext_lazy("currency", "points")
    CASHBACK = CASHBACK, pgettext_lazy("currency", "cash-back")


def shown(amount: int | None, currency: str, money: str) -> str:
    """The amount as people read it: cash-back as money of the code `money`, anything else as a count."""
    if amount is None:
        return "–"
    if currency == CASHBACK:
        return money_text(amount, money)
    return number_format(amount, use_l10n=True, force_grouping=True)


def signed(amount: int, currency: str, money: str) -> str:
    """The same of a movement: what comes in has its plus."""
    return f"{'+' if amount > 0 else ''}{shown(amount, currency, money)}"
