"""Amounts as readers write them, and back to minor units."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from loyalty.lib.money import amount_text, money_text, to_decimal, to_minor

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("minor", "currency", "english", "french"),
    [
        (123450, "EUR", "€1,234.50", f"1{NBSP}234,50{NBSP}€"),
        (-5, "USD", "−$0.05", f"−0,05{NBSP}$"),
        (0, "EUR", "€0.00", f"0,00{NBSP}€"),
        (1500, "JPY", "¥1,500", f"1{NBSP}500{NBSP}¥"),
        (1500, "KWD", f"KWD{NBSP}1.500", f"1,500{NBSP}KWD"),
        (None, "EUR", "–", "–"),
    ],
)
def test_an_amount_is_written_in_the_readers_language(minor, currency, english, french):
    with override("en"):
        assert money_text(minor, currency) == english
    with override("fr"):
        assert money_text(minor, currency) == french


def test_an_average_is_rounded_and_not_cut():
    with override("en"):
        assert amount_text(Decimal("2.999"), "EUR") == "€3.00"
        assert amount_text(Decimal("0.6"), "JPY") == "¥1"


def test_minor_units_and_back():
    assert to_decimal(1999, "EUR") == Decimal("19.99")
    assert to_minor(Decimal("19.99"), "EUR") == 1999
    assert to_minor(Decimal("19"), "JPY") == 19


def test_more_decimals_than_the_currency_has_are_refused():
    with pytest.raises(ValueError):
        to_minor(Decimal("0.001"), "EUR")
    with pytest.raises(ValueError):
        to_minor(Decimal("0.5"), "JPY")
