"""The same purchases are the same, however the file is written; and no file, however broken, breaks the import."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalty.earning.importing.grouping import group_rows
from loyalty.earning.importing.layout import inspect
from loyalty.earning.importing.parsing import Conventions, Parser
from loyalty.earning.importing.reader import read_rows
from loyalty.earning.models import Activity, ActivityLine
from loyalty.lib.csv_files import FileRefused
from tests.earning.imports import import_activities

COLUMNS = ["external_id", "member", "occurred_at", "amount", "brand", "sku", "unit_price"]
PURCHASES = [
    ["A1", "émile", "2024-03-01", "12.50", "Crème & Co", "thé", "6.25"],
    ["A1", "émile", "2024-03-01", "12.50", "Crème & Co", "café", "6.25"],
    ["A2", "zoë", "2024-03-02T18:30", "0", "", "", ""],
]


def written(encoding, delimiter, order, decimal, quote):
    rows = [dict(zip(COLUMNS, COLUMNS, strict=True)), *(dict(zip(COLUMNS, row, strict=True)) for row in PURCHASES)]
    for row in rows[1:]:
        row["amount"], row["unit_price"] = row["amount"].replace(".", decimal), row["unit_price"].replace(".", decimal)
    lines = [delimiter.join(f"{quote}{row[name]}{quote}" for name in order) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


@pytest.mark.django_db
@pytest.mark.usefixtures("base_rule")
@pytest.mark.parametrize(
    ("encoding", "delimiter", "decimal"),
    [
        ("utf-8", ",", "."),
        ("utf-8-sig", ";", ","),
        ("utf-16", ";", ","),
        ("cp1252", ";", ","),
        ("cp1252", ",", "."),
    ],
)
@pytest.mark.parametrize("order", [COLUMNS, COLUMNS[::-1]], ids=["in order", "backwards"])
@pytest.mark.parametrize("quote", ["", '"'], ids=["bare", "quoted"])
def test_the_same_purchases_go_in(tmp_path, encoding, delimiter, order, decimal, quote):
    path = tmp_path / "purchases.csv"
    path.write_bytes(written(encoding, delimiter, order, decimal, quote))
    assert import_activities(path, "--enrol").counts == (3, 3, 0, 0)
    purchases = Activity.objects.filter(kind="purchase").order_by("external_id")
    known_as = "member__external_ids__external_id"
    assert list(purchases.values_list("external_id", known_as, "occurred_at", "amount", "brand")) == [
        ("A1", "émile", datetime(2024, 2, 29, 23, tzinfo=UTC), 1250, "Crème & Co"),
        ("A2", "zoë", datetime(2024, 3, 2, 17, 30, tzinfo=UTC), 0, ""),
    ]
    lines = ActivityLine.objects.order_by("id").values_list("activity__external_id", "sku", "unit_price")
    assert list(lines) == [("A1", "thé", 625), ("A1", "café", 625)]


HEADER = b"external_id,member,occurred_at,amount,sku,quantity\n"
SIGNS = st.sampled_from([b"A1", b"2024-03-01", b"12.50", b",", b";", b'"', b"\n", b"\r", b"\0", b"\xe8", b"\xff", b" "])


@given(
    content=st.builds(
        bytes.__add__, st.sampled_from([HEADER, HEADER.replace(b",", b";")]), st.lists(SIGNS).map(b"".join)
    )
)
@example(content=HEADER + b'A1,M1,2024-03-01,1,"\n')
@example(content=HEADER + b"A1,M1,2024-03-01,1,CD,99999999999999999999999\n")
def test_every_row_of_any_file_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    layout = inspect(path)
    rows = list(read_rows(path, layout))
    conventions = Conventions("EUR", ZoneInfo("Europe/Paris"), {"purchase"}, layout.decimal_comma, datetime.now(UTC))
    groups = list(group_rows(rows, Parser(conventions)))
    assert [row for group in groups for row in group.rows] == rows
    assert len({row.number for row in rows}) == len(rows)
    for group in groups:
        assert len(list(group.refusals())) == len(group.rows) if group.refused else group.activity().amount >= 0


@given(content=st.one_of(st.binary(), st.lists(SIGNS).map(b"".join)))
def test_any_bytes_are_a_file_or_are_refused_with_a_reason(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as refused:
        inspect(path)
    assert str(refused.value)
