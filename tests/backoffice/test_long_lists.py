"""A list counts only so far, and says so."""

from datetime import UTC, datetime

import pytest

from loyalty.ledger import operations as ledger
from loyalty.lib.admin import CappedPaginator

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(program, ana):
    def entries(count):
        for number in range(count):
            cause = ledger.Cause("test", str(number))
            at = datetime(2026, 1, 1, tzinfo=UTC)
            ledger.earn(program=program, member_id=ana.pk, points=number + 1, cause=cause, at=at)

    return entries


def test_a_short_list_says_how_many_there_are(as_role, entries, text_of):
    entries(3)

    assert "3 entries" in text_of(as_role("finance").get("/admin/ledger/entry/"))


def test_a_long_list_says_that_there_are_more(as_role, entries, text_of, monkeypatch):
    monkeypatch.setattr(CappedPaginator, "cap", 4)
    entries(6)

    assert "more than 4 entries" in text_of(as_role("finance").get("/admin/ledger/entry/"))


def test_the_newest_entries_come_first(as_role, entries, text_of):
    entries(12)

    page = text_of(as_role("finance").get("/admin/ledger/entry/"))

    assert page.index("+12") < page.index("+11") < page.index("+10")


def test_more_rows_take_no_more_statements(as_role, entries, django_assert_max_num_queries):
    entries(40)
    finance = as_role("finance")

    with django_assert_max_num_queries(12):
        finance.get("/admin/ledger/entry/")


@pytest.mark.parametrize("address", ["ledger/entry/", "ledger/account/", "ledger/lot/", "ledger/allocation/"])
@pytest.mark.parametrize(("text", "found"), [("almeida", True), ("bernard", False), ("ana@example.com", True)])
def test_rows_are_found_by_their_member(as_role, ana, bruno, program, entries, text_of, address, text, found):
    entries(1)
    at = datetime(2026, 1, 2, tzinfo=UTC)
    ledger.redeem(program=program, member_id=ana.pk, points=1, cause=ledger.Cause("test", "spent"), at=at)

    page = text_of(as_role("finance").get(f"/admin/{address}", {"q": text}))

    assert ("Ana Almeida" in page) == found


def test_a_cause_is_found_by_its_whole_name(as_role, entries, text_of):
    entries(2)
    finance = as_role("finance")

    page = text_of(finance.get("/admin/ledger/postingkey/", {"q": "test:1"}))

    assert "test:1" in page
    assert "test:0" not in page
    assert "test:1" not in text_of(finance.get("/admin/ledger/postingkey/", {"q": "nonsense"}))
