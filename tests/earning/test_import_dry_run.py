"""A dry run says what the import would say, and writes nothing."""

import pytest

from loyalty.earning.importing import loading
from loyalty.earning.models import Activity
from loyalty.ledger.models import Entry
from members.models import Member
from tests.earning.imports import import_activities

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("base_rule")]

ROWS = [
    "A1,ana,2024-03-01,,100",
    "A2,bruno,2024-03-02,,50",
    "A2,bruno,2024-03-02,,50",
    "A3,ana,nonsense,,5",
    "R1,ana,2024-03-03,refund,60,,,A1",
    "A1,ana,2024-03-01,,100",
    "A2,bruno,2024-03-02,,51",
    "R2,ana,2024-03-04,refund,60,,,A1",
    "R3,ana,2024-03-05,refund,40,,,A1",
    "R1,ana,2024-03-03,refund,60,,,A1",
    "R4,ana,2024-03-06,refund,1,,,A1",
    "R5,ana,2024-03-06,refund,1,,,unheard-of",
]


def written():
    return Member.objects.count(), Activity.objects.count(), Entry.objects.count()


@pytest.mark.parametrize("rows_per_chunk", [1, 2, 3, 5, 100])
def test_it_foresees_the_import_however_the_file_is_cut(write, monkeypatch, rows_per_chunk):
    monkeypatch.setattr(loading, "ROWS_PER_CHUNK", rows_per_chunk)
    path = write(*ROWS)
    foreseen = import_activities(path, "--enrol", "--dry-run")
    assert written() == (0, 0, 0)
    real = import_activities(path, "--enrol")
    assert foreseen.counts == real.counts == (12, 4, 3, 5)
    assert foreseen.err == real.err
    assert foreseen.code == real.code == 0


@pytest.mark.parametrize("rows_per_chunk", [1, 2, 3, 5, 100])
def test_it_foresees_what_becomes_of_a_file_sorted_newest_first(write, monkeypatch, rows_per_chunk):
    monkeypatch.setattr(loading, "ROWS_PER_CHUNK", rows_per_chunk)
    path = write(*reversed(ROWS))
    foreseen = import_activities(path, "--enrol", "--dry-run")
    assert written() == (0, 0, 0)
    real = import_activities(path, "--enrol")
    assert foreseen.counts == real.counts == (12, 4, 2, 6)
    assert foreseen.err == real.err


def test_it_sees_what_is_in_the_database(write):
    import_activities(write(*ROWS[:2]), "--enrol")
    before = written()
    outcome = import_activities(write(*ROWS), "--enrol", "--dry-run")
    assert outcome.counts == (12, 2, 5, 5)
    assert written() == before


def test_it_fails_where_the_import_would(write):
    outcome = import_activities(write("A1,nobody,2024-03-01,,5"), "--dry-run")
    assert (outcome.code, outcome.counts) == (1, (1, 0, 0, 1))


def test_it_says_that_nothing_was_written(write):
    assert "dry run" in import_activities(write(*ROWS), "--enrol", "--dry-run", as_json=False).out
