"""Lists as CSV: for whoever may, with headings and words, and harmless in a spreadsheet."""

import csv
import io

import pytest

from loyalty.lib.admin import spreadsheet_safe
from tests.factories.members import EnrolmentFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def export():
    def export(browser, address, rows):
        form = {"action": "export_csv", "_selected_action": [row.pk for row in rows]}
        response = browser.post(address, form)
        if not response.streaming:
            return response
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))

    return export


def test_the_chosen_rows_are_exported_with_a_heading(as_role, ana, bruno, export):
    EnrolmentFactory()

    table = export(as_role("marketing"), "/admin/members/member/", [ana, bruno])

    assert table[0][:3] == ["number", "first name", "last name"]
    assert {tuple(row[1:3]) for row in table[1:]} == {("Ana", "Almeida"), ("Bruno", "Bernard")}


def test_choices_are_exported_in_words(as_role, ana, export):
    heading, row = export(as_role("marketing"), "/admin/members/member/", [ana])

    assert row[heading.index("language")] == "French"


@pytest.mark.parametrize("name", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_taken_for_a_formula(as_role, export, name):
    member = MemberFactory(first_name=name)

    heading, row = export(as_role("marketing"), "/admin/members/member/", [member])

    assert row[heading.index("first name")] == "'" + name


def test_a_phone_number_is_no_formula_either(as_role, ana, export):
    heading, row = export(as_role("marketing"), "/admin/members/member/", [ana])

    assert row[heading.index("phone")] == "'+33612345678"


def test_numbers_stay_numbers():
    assert spreadsheet_safe(-5) == -5
    assert spreadsheet_safe(None) == ""


def test_who_may_not_export_finds_no_export(as_role, ana, export):
    browser = as_role("support")

    assert "export_csv" not in browser.get("/admin/members/member/").content.decode()
    assert not export(browser, "/admin/members/member/", [ana]).streaming
