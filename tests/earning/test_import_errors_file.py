"""Refused rows go into a file that a spreadsheet opens, and that goes in once it is corrected."""

import csv

import pytest

from loyalty.earning.importing.errors_file import ErrorsFile
from loyalty.earning.importing.layout import COLUMNS, inspect
from loyalty.earning.importing.reader import read_rows
from loyalty.earning.importing.refusals import RowRefused
from loyalty.earning.models import Activity
from tests.earning.imports import import_activities

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("program")]

HEADER = "member,external_id,occurred_at,amount,brand"


def rows_of(path, delimiter=","):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_it_has_the_row_as_it_was_and_where_and_why_it_was_refused(write, tmp_path):
    path = write("ana,A1,2024-03-01,5,Crème", "ana,A2,2024-02-31,5,Crème", header=HEADER)
    import_activities(path, "--enrol", "--errors", tmp_path / "errors.csv")
    (row,) = rows_of(tmp_path / "errors.csv")
    reason = row.pop("reason")
    assert row == {
        "member": "ana",
        "external_id": "A2",
        "occurred_at": "2024-02-31",
        "amount": "5",
        "brand": "Crème",
        "row": "3",
        "column": "occurred_at",
        "code": "no_such_day",
    }
    assert "2024-02-31" in reason


def test_excel_knows_it_for_utf_8(write, tmp_path):
    import_activities(write("ana,A2,2024-02-31,5,Crème", header=HEADER), "--errors", tmp_path / "errors.csv")
    assert (tmp_path / "errors.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_no_cell_of_it_is_a_formula(write, tmp_path):
    path = write('=HYPERLINK("http://example.com"),A2,2024-03-01,-5,@brand', header=HEADER)
    import_activities(path, "--errors", tmp_path / "errors.csv")
    (row,) = rows_of(tmp_path / "errors.csv")
    assert row["member"].startswith("'=")
    assert (row["amount"], row["brand"]) == ("'-5", "'@brand")


def test_a_corrected_file_goes_in_as_it_is(write, tmp_path):
    errors, rest = tmp_path / "errors.csv", tmp_path / "rest.csv"
    rows = ["ana;A1;2024-03-01;5,50;", "+33612345678;A2;2024-02-31;5,50;=1", 'bruno;"A3;2024-03-01;5,50;Crème']
    import_activities(write(*rows, header=HEADER.replace(",", ";")), "--enrol", "--errors", errors)
    corrected = errors.read_text("utf-8-sig").replace("2024-02-31", "2024-02-28").replace('"""A3"', "A3")
    errors.write_text(corrected, "utf-8")
    outcome = import_activities(errors, "--enrol", "--errors", rest)
    assert outcome.counts == (2, 2, 0, 0)
    assert rows_of(rest, ";") == []
    second = Activity.objects.get(external_id="A2")
    assert (second.brand, second.amount) == ("=1", 550)
    assert second.member.external_ids.get().external_id == "+33612345678"


def test_a_file_without_bad_rows_leaves_no_errors_of_an_earlier_run(write, tmp_path):
    errors = tmp_path / "errors.csv"
    errors.write_text("yesterday")
    import_activities(write("ana,A1,2024-03-01,5,", header=HEADER), "--enrol", "--errors", errors)
    assert errors.read_text("utf-8-sig").splitlines() == [HEADER + ",row,column,code,reason"]


@pytest.mark.parametrize(
    ("content", "row", "code"),
    [("member,colour", "1", "missing_column"), (HEADER + ",colour", "1", "unknown_column"), ("", "", "empty_file")],
)
def test_of_a_file_that_is_refused_it_has_the_reason_and_nothing_of_an_earlier_run(tmp_path, content, row, code):
    path, errors = tmp_path / "purchases.csv", tmp_path / "errors.csv"
    path.write_text(content)
    errors.write_text("yesterday")
    outcome = import_activities(path, "--enrol", "--errors", errors)
    assert outcome.code == 1
    (refused,) = rows_of(errors)
    assert (refused["row"], refused["column"], refused["code"]) == (row, "", code)
    assert refused["reason"] == outcome.report["refused"]
    assert list(refused) == [*COLUMNS, "row", "column", "code", "reason"]


def test_only_the_first_errors_are_shown_and_the_rest_is_told_of(write):
    rows = [f"ana,A{number},nonsense,5," for number in range(30)]
    outcome = import_activities(write(*rows, header=HEADER), "--enrol")
    assert outcome.err.count("Row ") == 20
    assert "--errors" in outcome.err


@pytest.fixture
def refused(write):
    """A layout and refused rows 2 to 5."""
    path = write(*(f"ana,A{number},2024-03-01,5,Crème" for number in range(4)), header=HEADER)
    layout = inspect(path)
    return layout, [(row, RowRefused("why", "brand", "Crème?")) for row in read_rows(path, layout)]


@pytest.mark.parametrize("torn", [0, 1, 20, 40])
def test_a_resumed_run_goes_on_behind_as_many_rows_as_were_committed(refused, tmp_path, torn):
    layout, rows = refused
    path = tmp_path / "errors.csv"
    with ErrorsFile(path, layout) as file:
        file.write(rows[:3])
    path.write_bytes(path.read_bytes()[: -torn or None])
    with ErrorsFile(path, layout, done=2) as file:
        file.write(rows[2:])
    assert [row["row"] for row in rows_of(path)] == ["2", "3", "4", "5"]


def test_a_file_that_is_not_the_import_s_own_is_begun_anew(refused, tmp_path):
    layout, rows = refused
    path = tmp_path / "errors.csv"
    path.write_text("something,else\n1,2\n")
    with ErrorsFile(path, layout, done=3) as file:
        file.write(rows[2:])
    assert [row["row"] for row in rows_of(path)] == ["4", "5"]
