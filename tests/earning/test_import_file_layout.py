"""How the import finds out how a file is written, and which files it refuses as a whole."""

import pytest

from loyalty.earning.importing.layout import inspect
from loyalty.earning.importing.reader import read_rows
from loyalty.lib.csv_files import FileRefused

HEADER = "external_id,member,occurred_at,amount,brand\n"
ROW = "A1,M1,2024-03-01,12.50,Crème\n"


@pytest.fixture
def file(tmp_path):
    def write(content, encoding="utf-8"):
        path = tmp_path / "purchases.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def refusal_of(path):
    with pytest.raises(FileRefused) as refused:
        inspect(path)
    return refused.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_accents_survive_every_encoding_and_line_end_that_spreadsheets_write(file, encoding, newline):
    path = file((HEADER + ROW).replace("\n", newline), encoding)
    (row,) = read_rows(path, inspect(path))
    assert row.values == ["A1", "M1", "2024-03-01", "12.50", "Crème"]
    assert (row.number, row.refusal) == (2, None)


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_in_both_byte_orders(file, mark):
    path = file(("\ufeff" + HEADER + ROW).encode(mark))
    assert [row.values[-1] for row in read_rows(path, inspect(path))] == ["Crème"]


def test_one_damaged_byte_spoils_its_own_row_and_leaves_the_accents_of_the_others(file):
    content = (HEADER + ROW * 3).encode().replace("Crème".encode(), b"Cr\xe8me", 1)
    path = file(content)
    damaged, *others = read_rows(path, inspect(path))
    assert (damaged.number, damaged.refusal.code, damaged.refusal.column) == (2, "not_text", "brand")
    assert [row.values[-1] for row in others] == ["Crème", "Crème"]


def test_the_header_decides_between_comma_and_semicolon(file):
    path = file("member;external_id;occurred_at;amount\nM1;A1;2024-03-01;12,50\n")
    layout = inspect(path)
    (row,) = read_rows(path, layout)
    assert layout.decimal_comma
    assert row.cells[:3] == ("A1", "M1", "2024-03-01")


def test_columns_come_in_any_order_and_in_any_capitals(file):
    path = file("Amount, Brand ,MEMBER,Occurred at,External_ID\n12.50,Crème,M1,2024-03-01,A1\n")
    (row,) = read_rows(path, inspect(path))
    assert row.cells[:3] == ("A1", "M1", "2024-03-01")


def test_blank_lines_are_no_rows_and_do_not_shift_the_numbers(file):
    path = file(f"\n{HEADER}\n{ROW},,,,\n\n{ROW}")
    assert [row.number for row in read_rows(path, inspect(path))] == [4, 7]


def test_a_header_alone_is_a_file_without_rows(file):
    path = file(HEADER)
    layout = inspect(path)
    assert layout.rows == 0
    assert list(read_rows(path, layout)) == []


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("", "empty_file", "empty"),
        ("\ufeff", "empty_file", "empty"),
        ("\n  \n\n", "empty_file", "empty"),
        (b"PK\x03\x04\x14\x00\x06\x00", "workbook", "CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook", "CSV UTF-8"),
        (HEADER.encode("utf-16-le"), "not_text", "NUL"),
        pytest.param("x" * 10_000_000, "header_too_long", "too long", id="10 MB in the first row"),
        (HEADER.replace("amount", '"amount'), "broken_header", "quote"),
        (HEADER.replace(",", "\t"), "tab_delimited", "tabs"),
        ("member,amount\n", "missing_column", "external_id, occurred_at"),
        ("external_id,member,occurred_at\n", "missing_column", "amount"),
        (HEADER.replace("brand", "amount"), "repeated_column", "amount"),
        (HEADER.replace("brand", "marque"), "unknown_column", "marque"),
        (HEADER.replace("brand", ",brand"), "unknown_column", "“”"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(file, content, code, words):
    refusal = refusal_of(file(content))
    assert refusal.code == code
    assert words in str(refusal)


def test_an_unknown_column_is_answered_with_the_known_ones(file):
    message = str(refusal_of(file(HEADER.replace("brand", "colour"))))
    assert "colour" in message
    assert "unit_price" in message


def test_a_file_of_several_kinds_needs_no_amount_column(file):
    assert inspect(file("external_id,member,occurred_at,kind\n")).header[-1] == "kind"


def test_a_spreadsheet_s_empty_columns_at_the_end_are_ignored(file):
    path = file("external_id,member,occurred_at,amount,,\nA1,M1,2024-03-01,12.50,,\n")
    (row,) = read_rows(path, inspect(path))
    assert row.refusal is None
