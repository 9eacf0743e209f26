"""What the import reads in a cell, and what it says of a cell that it cannot read."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.earning.importing.layout import COLUMNS
from loyalty.earning.importing.parsing import Conventions, Parser
from loyalty.earning.importing.refusals import RowRefused

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
GOOD = {"external_id": "A1", "member": "M1", "occurred_at": "2024-03-01", "amount": "12.50"}
POSITION = {column: position for position, column in enumerate(COLUMNS)}


def parser(*, currency="EUR", zone="Europe/Paris", decimal_comma=False):
    kinds = {"purchase", "refund", "visit"}
    return Parser(Conventions(currency, ZoneInfo(zone), kinds, decimal_comma, NOW))


def cells(**given):
    values = GOOD | given
    return tuple(values.get(column, "") for column in COLUMNS)


def read(column, text, **conventions):
    return parser(**conventions).head(cells(**{column: text}))[POSITION[column]]


def refusal(of=None, **given):
    reader = of or parser()
    with pytest.raises(RowRefused) as refused:
        _read_both(reader, cells(**given))
    assert str(refused.value)
    return refused.value.code, refused.value.column


def _read_both(reader, row):
    return reader.head(row), reader.line(row)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-01", datetime(2024, 2, 29, 23, tzinfo=UTC)),
        ("2024-05-01", datetime(2024, 4, 30, 22, tzinfo=UTC)),
        ("2024-03-01T18:30", datetime(2024, 3, 1, 17, 30, tzinfo=UTC)),
        ("2024-03-01 18:30:15", datetime(2024, 3, 1, 17, 30, 15, tzinfo=UTC)),
        ("2024-03-01T18:30:00Z", datetime(2024, 3, 1, 18, 30, tzinfo=UTC)),
        ("2024-03-01T18:30:00-05:00", datetime(2024, 3, 1, 23, 30, tzinfo=UTC)),
        ("1997-01-01", datetime(1996, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_midnight_of_the_program_and_a_moment_without_offset_is_its_clock(text, moment):
    assert read("occurred_at", text) == moment


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing_value"),
        ("31/02/2024", "not_a_date"),
        ("31/02", "not_a_date"),
        ("01/03/2024", "not_a_date"),
        ("yesterday", "not_a_date"),
        ("2024-02-31", "no_such_day"),
        ("2023-02-29", "no_such_day"),
        ("2024-03-01T25:00", "not_a_date"),
        ("2024-06-02", "future"),
        ("2024-06-01T14:01", "future"),
        ("2024-06-01T12:00:01Z", "future"),
        ("9999-12-31T23:59:59-12:00", "future"),
        ("0001-01-01", "too_early"),
        ("0001-01-01T00:00:00+14:00", "too_early"),
    ],
)
def test_a_day_that_cannot_be_is_refused(text, code):
    assert refusal(occurred_at=text) == (code, "occurred_at")


def test_the_present_moment_is_not_the_future():
    assert read("occurred_at", "2024-06-01T12:00:00Z") == NOW


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("0", "EUR", 0),
        ("0.00", "EUR", 0),
        ("12", "EUR", 1200),
        ("12.5", "EUR", 1250),
        ("12.50", "EUR", 1250),
        ("0012.50", "EUR", 1250),
        ("0.01", "EUR", 1),
        ("9999999999.99", "EUR", 10**12 - 1),
        ("1500", "JPY", 1500),
        ("1.234", "KWD", 1234),
        ("1.2", "KWD", 1200),
    ],
)
def test_an_amount_becomes_minor_units_of_the_program_s_currency(text, currency, minor):
    assert read("amount", text, currency=currency) == minor


@given(minor=st.integers(0, 10**12 - 1))
def test_every_amount_of_a_till_is_read_to_the_cent(minor):
    text = f"{Decimal(minor).scaleb(-2):f}"
    assert read("amount", text) == minor
    assert read("amount", text.replace(".", ","), decimal_comma=True) == minor


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing_value"),
        ("1,5", "decimal_comma"),
        ("12,50", "decimal_comma"),
        ("-5", "negative_amount"),
        ("-0.01", "negative_amount"),
        ("10000000000", "amount_too_large"),
        ("1000000000000", "amount_too_large"),
        ("1" + "0" * 5_000, "amount_too_large"),
        ("12.505", "too_many_decimals"),
        ("12.500", "too_many_decimals"),
        ("NaN", "not_an_amount"),
        ("inf", "not_an_amount"),
        ("-inf", "not_an_amount"),
        ("1e5", "not_an_amount"),
        ("1_000", "not_an_amount"),
        ("1 000", "not_an_amount"),
        ("1,000.50", "not_an_amount"),
        ("+5", "not_an_amount"),
        (".5", "not_an_amount"),
        ("5.", "not_an_amount"),
        ("12.50 €", "not_an_amount"),
        ("١٢", "not_an_amount"),
        ("²", "not_an_amount"),
    ],
)
def test_an_amount_that_is_none_is_refused(text, code):
    assert refusal(amount=text) == (code, "amount")
    assert refusal(sku="CD", unit_price=text or "x")[1] == "unit_price"


def test_a_file_with_semicolons_may_write_a_decimal_comma_or_a_point():
    assert read("amount", "12,50", decimal_comma=True) == read("amount", "12.50", decimal_comma=True) == 1250


def test_a_currency_without_cents_has_no_decimals():
    assert refusal(of=parser(currency="JPY"), amount="12.0") == ("too_many_decimals", "amount")


def test_what_a_row_leaves_out_has_a_default():
    head = parser().head(cells())
    assert head[POSITION["kind"]] == "purchase"
    assert head[POSITION["currency"]] == "EUR"
    assert parser().line(cells()) is None


def test_a_visit_needs_no_amount_and_a_purchase_does():
    assert parser().head(cells(kind="visit", amount=""))[POSITION["amount"]] == 0
    assert refusal(amount="") == ("missing_value", "amount")
    assert refusal(kind="refund", refunds="A0", amount="") == ("missing_value", "amount")


@pytest.mark.parametrize(
    ("given", "code", "column"),
    [
        ({"external_id": ""}, "missing_value", "external_id"),
        ({"external_id": "A" * 121}, "too_long", "external_id"),
        ({"member": ""}, "missing_value", "member"),
        ({"member": "M" * 121}, "too_long", "member"),
        ({"kind": "purchse"}, "unknown_kind", "kind"),
        ({"currency": "USD"}, "unknown_currency", "currency"),
        ({"currency": "€"}, "unknown_currency", "currency"),
        ({"store": "s" * 51}, "too_long", "store"),
        ({"channel": "c" * 31}, "too_long", "channel"),
        ({"brand": "b" * 61}, "too_long", "brand"),
        ({"sku": "s" * 61}, "too_long", "sku"),
        ({"category": "c" * 61}, "too_long", "category"),
        ({"refunds": "A0"}, "not_a_refund", "refunds"),
        ({"kind": "refund"}, "missing_value", "refunds"),
        ({"kind": "refund", "refunds": "A" * 121}, "too_long", "refunds"),
        ({"quantity": "0"}, "not_a_quantity", "quantity"),
        ({"quantity": "-1"}, "not_a_quantity", "quantity"),
        ({"quantity": "1.5"}, "not_a_quantity", "quantity"),
        ({"quantity": "two"}, "not_a_quantity", "quantity"),
        ({"quantity": "1" * 10}, "not_a_quantity", "quantity"),
    ],
)
def test_each_cell_that_cannot_be_is_refused_in_its_own_column(given, code, column):
    assert refusal(**given) == (code, column)


def test_capitals_of_kind_and_currency_do_not_matter():
    assert parser().head(cells(kind="Visit", currency="eur"))[3:6] == ("visit", 1250, "EUR")


def test_a_line_is_what_the_row_says_of_an_article():
    line = parser().line(cells(sku="CD", category="music", quantity="2", unit_price="6.25"))
    assert (line.sku, line.category, line.quantity, line.unit_price) == ("CD", "music", 2, 625)
    assert parser().line(cells(quantity="3")).unit_price is None
