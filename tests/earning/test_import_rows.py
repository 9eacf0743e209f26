"""A row that cannot be taken apart is refused at its number and column, and takes no neighbour with it."""

import pytest

from loyalty.earning.importing.layout import inspect
from loyalty.earning.importing.reader import read_rows

HEADER = "external_id,member,occurred_at,amount,brand"
GOOD = "A1,M1,2024-03-01,12.50,Halles"


@pytest.fixture
def read(tmp_path):
    """The rows of a file with this one between two good neighbours: rows 2, 3 and 4."""

    def rows(line, neighbour=GOOD, header=HEADER):
        path = tmp_path / "purchases.csv"
        path.write_text(f"{header}\n{neighbour}\n{line}\n{neighbour}\n", encoding="utf-8", newline="")
        before, *refused, after = read_rows(path, inspect(path))
        assert (before.refusal, after.refusal) == (None, None)
        assert before.cells == after.cells
        assert (before.number, after.number) == (2, len(refused) + 3)
        return refused

    return rows


@pytest.mark.parametrize("quoted", [GOOD, '"A1","M1","2024-03-01","12.50","Halles"'])
@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ('A2,"M1,2024-03-01,12.50,Halles', "unclosed_quote", "member"),
        ('A2,M1,2024-03-01,12.50,"Halles', "unclosed_quote", "brand"),
        ('"A2,M1,2024-03-01,12.50,Halles', "unclosed_quote", "external_id"),
        ('A2,M1,2024-03-01,12.50,"Les "Halles', "unclosed_quote", "brand"),
        ("A2,M\0,2024-03-01,12.50,Halles", "nul_byte", "member"),
        ("A2,M\x1b1,2024-03-01,12.50,Halles", "control_character", "member"),
        ('A2,M1,2024-03-01,12.50,"Les\tHalles"', "control_character", "brand"),
        ("A2,M1,2024-03-01", "wrong_number_of_values", "amount"),
        ("A2,M1,2024-03-01,1,50,Halles", "wrong_number_of_values", ""),
        pytest.param("A2,M1,2024-03-01,12.50," + "x" * 10_000_000, "row_too_long", "brand", id="last cell of 10 MB"),
        pytest.param("A2," + "x" * 10_000_000, "row_too_long", "member", id="second cell of 10 MB"),
        pytest.param("," * 10_000_000, "row_too_long", "", id="10 MB of commas"),
    ],
)
def test_a_broken_row_is_refused_alone(read, line, code, column, quoted):
    (row,) = read(line, neighbour=quoted)
    assert (row.number, row.refusal.code, row.refusal.column) == (3, code, column)
    assert str(row.refusal)


def test_a_line_break_inside_quotes_is_refused_where_the_quote_opens(read):
    first, second = read('A2,M1,2024-03-01,12.50,"Les\nHalles"')
    assert (first.number, first.refusal.code, first.refusal.column) == (3, "unclosed_quote", "brand")
    assert second.refusal


@pytest.mark.parametrize(
    ("line", "brand"),
    [
        ('A2,M1,2024-03-01,12.50,"Les ""Halles"""', 'Les "Halles"'),
        ('A2,M1,2024-03-01,12.50,"Fish, chips"', "Fish, chips"),
        ('A2,M1,2024-03-01,12.50,5" singles', '5" singles'),
        ("A2 ,  M1, 2024-03-01 ,12.50,Les Halles ", "Les Halles"),
        ("A2,M1,2024-03-01,12.50,Les\u00a0Halles", "Les\u00a0Halles"),
        ("A2,M1,2024-03-01,12.50,Halles,,", "Halles"),
    ],
)
def test_quotes_and_spaces_are_read_as_a_spreadsheet_reads_them(read, line, brand):
    (row,) = read(line)
    assert row.refusal is None
    assert row.cells[:2] == ("A2", "M1")
    assert row.values == ["A2", "M1", "2024-03-01", "12.50", brand]


def test_the_identifier_in_front_of_the_break_is_kept_so_that_the_purchase_is_refused_whole(read):
    (row,) = read('A2,M1,2024-03-01,"12.50,Halles')
    assert row.cells[0] == "A2"
