"""Rows that follow each other and share their identifier are one purchase, which goes in whole or not at all."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from loyalty.earning.importing import grouping
from loyalty.earning.importing.grouping import group_rows
from loyalty.earning.importing.layout import inspect
from loyalty.earning.importing.parsing import Conventions, Parser
from loyalty.earning.importing.reader import read_rows

HEADER = "external_id,member,occurred_at,kind,amount,refunds,sku,category,quantity,unit_price"


@pytest.fixture
def groups(tmp_path):
    def read(*lines):
        path = tmp_path / "purchases.csv"
        path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
        kinds = {"purchase", "refund"}
        conventions = Conventions("EUR", ZoneInfo("Europe/Paris"), kinds, False, datetime(2024, 6, 1, tzinfo=UTC))
        return list(group_rows(read_rows(path, inspect(path)), Parser(conventions)))

    return read


def refusals(group):
    return [(row.number, refusal.code, refusal.column) for row, refusal in group.refusals()]


def test_the_lines_of_a_purchase_become_one_activity(groups):
    bread, cheese = groups(
        "A1,M1,2024-03-01,,12.50,,bread,bakery,2,1.25",
        "A1,M1,2024-03-01,,12.50,,cheese,,,10",
        "A2,M2,2024-03-02,purchase,3,,,,,",
    )
    activity = bread.activity()
    assert [(line.sku, line.category, line.quantity, line.unit_price) for line in activity.lines] == [
        ("bread", "bakery", 2, 125),
        ("cheese", "", 1, 1000),
    ]
    assert (activity.external_id, activity.amount, activity.kind) == ("A1", 1250, "purchase")
    assert cheese.activity().lines == ()


def test_two_lines_that_are_alike_are_two_articles(groups):
    (group,) = groups(*["A1,M1,2024-03-01,,2.50,,bread,,1,1.25"] * 2)
    assert len(group.activity().lines) == 2
    assert group.repeated == 0


def test_a_row_without_an_article_that_says_the_same_again_is_a_repetition(groups):
    (group,) = groups(*["A1,M1,2024-03-01,,2.50,,,,,"] * 3)
    assert group.activity().lines == ()
    assert group.repeated == 2


def test_the_same_amount_written_otherwise_agrees(groups):
    (group,) = groups("A1,M1,2024-03-01,,2.50,,bread,,,", "A1,M1,2024-03-01T00:00,purchase,2.5,,milk,,,")
    assert not group.refused


@pytest.mark.parametrize(
    ("second", "column"),
    [
        ("A1,M2,2024-03-01,,2.50,,milk,,,", "member"),
        ("A1,M1,2024-03-02,,2.50,,milk,,,", "occurred_at"),
        ("A1,M1,2024-03-01,,9,,milk,,,", "amount"),
        ("A1,M1,2024-03-01,refund,2.50,A0,milk,,,", "kind"),
    ],
)
def test_lines_that_disagree_about_their_purchase_refuse_it_at_the_column(groups, second, column):
    before, group, after = groups(
        "A0,M1,2024-02-01,,1,,,,,", "A1,M1,2024-03-01,,2.50,,bread,,,", second, "A2,M1,2024-03-01,,1,,,,,"
    )
    assert refusals(group) == [(3, "purchase_refused", ""), (4, "rows_disagree", column)]
    assert not before.refused
    assert not after.refused


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("A1,M1,2024-03-01,,2.50,,milk,,0,", "not_a_quantity"),
        ('A1,M1,2024-03-01,,2.50,,"milk,,,', "unclosed_quote"),
        ("A1,M1,2024-03-01,,2.50", "wrong_number_of_values"),
    ],
)
def test_one_bad_line_refuses_its_purchase_and_no_other(groups, bad, code, place):
    lines = ["A1,M1,2024-03-01,,2.50,,bread,,,", "A1,M1,2024-03-01,,2.50,,butter,,,"]
    lines.insert(place, bad)
    group, after = groups(*lines, "A2,M1,2024-03-01,,1,,,,,")
    assert {row: refusal for row, refusal, _ in refusals(group)} == {
        row: code if row == place + 2 else "purchase_refused" for row in (2, 3, 4)
    }
    assert not after.refused


def test_rows_without_an_identifier_are_refused_one_by_one(groups):
    first, second = groups(*[",M1,2024-03-01,,2.50,,,,,"] * 2)
    assert refusals(first) == [(2, "missing_value", "external_id")]
    assert refusals(second) == [(3, "missing_value", "external_id")]


def test_a_purchase_without_end_is_refused_whole_and_in_constant_memory(groups, monkeypatch):
    monkeypatch.setattr(grouping, "MAX_ROWS", 3)
    *parts, after = groups(*["A1,M1,2024-03-01,,2.50,,bread,,,"] * 8, "A2,M1,2024-03-01,,1,,,,,")
    assert [row for part in parts for row, code, _ in refusals(part)] == [*range(2, 10)]
    assert max(len(part.rows) for part in parts) == 3
    assert not after.refused
