"""Money is an integer in minor units beside a three-letter currency code; `Decimal` exists only at the edges.

Exponents and codes are ISO 4217's; a currency that is not listed here has two decimals, as nearly all have.
This converts and shows amounts. It knows no rates and converts no currency into another.
"""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language

# fmt: off
NO_DECIMALS = frozenset((
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
    "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
))
THREE_DECIMALS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
# fmt: on
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


def exponent(currency: str) -> int:
    """How many decimals the currency has."""
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def to_decimal(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-exponent(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units. Raises `ValueError` where it has more decimals than the currency."""
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more decimals than {currency}")
    return int(scaled)


def money_text(minor: int | None, currency: str) -> str:
    """The amount as the reader's language writes it: €1,234.50 in English, 1 234,50 € in French."""
    return amount_text(None if minor is None else to_decimal(minor, currency), currency)


def amount_text(amount: Decimal | None, currency: str) -> str:
    """The same of an amount in major units, such as an average; it is rounded to what the currency has."""
    if amount is None:
        return "–"
    places = exponent(currency)
    digits = number_format(round(abs(amount), places), places, use_l10n=True, force_grouping=True)
    sign = "−" if amount < 0 else ""
    symbol = SYMBOLS.get(currency)
    if (get_language() or "").startswith("en"):
        return f"{sign}{symbol}{digits}" if symbol else f"{sign}{currency}\N{NO-BREAK SPACE}{digits}"
    return f"{sign}{digits}\N{NO-BREAK SPACE}{symbol or currency}"
