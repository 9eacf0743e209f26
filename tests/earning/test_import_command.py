"""The command on a small shop's files: what goes in, what is counted, how it ends."""

import json
from datetime import UTC, datetime

import pytest

from loyalty.earning.importing import loading
from loyalty.earning.models import Activity, ActivityLine, Decision
from loyalty.events.models import Event
from loyalty.ledger.models import Account, Lot
from members.models import Enrolment, ExternalId
from tests.earning.imports import import_activities

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("base_rule")]

PURCHASES = ["A1,ana,2024-03-01,,12.50", "A2,bruno,2024-03-02T18:30,purchase,99.99,EUR", "A3,ana,2024-03-03,,0"]
CLEAN = (3, 3, 0, 0)


def available():
    return sorted(Account.objects.values_list("available", flat=True))


def test_purchases_go_in_and_earn(write):
    outcome = import_activities(write(*PURCHASES), "--enrol")
    assert (outcome.code, outcome.counts) == (0, CLEAN)
    assert outcome.report.keys() == {"rows", "imported", "duplicates", "errors", "seconds"}
    assert available() == [12, 99]
    assert Activity.objects.filter(kind="purchase").count() == 3


def test_members_are_enrolled_under_the_name_that_the_file_gives_them(write):
    import_activities(write(*PURCHASES), "--enrol", "--source", "old-till")
    names = ExternalId.objects.order_by("external_id").values_list("source", "external_id")
    assert list(names) == [("old-till", "ana"), ("old-till", "bruno")]
    enrolled = Enrolment.objects.get(member__external_ids__external_id="ana")
    assert (enrolled.purchases, enrolled.spend, enrolled.balance) == (2, 1250, 12)
    assert enrolled.enrolled_at == datetime(2024, 2, 29, 23, tzinfo=UTC)


def test_members_are_found_by_card_number_or_e_mail(write, ana):
    card = ana.cards.get().number
    outcome = import_activities(write(f"A1,{card},2024-03-01,,5", "A2,ANA@example.com,2024-03-01,,7"))
    assert outcome.counts == (2, 2, 0, 0)
    assert available() == [12]


def test_without_enrol_an_unknown_member_is_refused_and_nobody_is_made(write, ana):
    outcome = import_activities(write("A1,ana@example.com,2024-03-01,,5", "A2,nobody,2024-03-01,,7"))
    assert (outcome.code, outcome.counts) == (0, (2, 1, 0, 1))
    assert "Row 3, member" in outcome.err
    assert Enrolment.objects.count() == 1


def test_a_load_of_history_is_exempt_from_the_maximum_age_and_sends_nothing(write):
    outcome = import_activities(write("A1,ana,1997-01-01,,12.50"), "--enrol")
    assert outcome.counts == (1, 1, 0, 0)
    assert not Event.objects.exists()
    lot = Lot.objects.get()
    assert lot.earned_at == datetime(1996, 12, 31, 23, tzinfo=UTC)
    assert lot.expires_at == datetime(1997, 12, 31, 23, tzinfo=UTC)


def test_a_store_may_have_closed_since(write, store):
    store.is_active = False
    store.save()
    assert import_activities(write("A1,ana,1997-01-01,,12.50,,lyon"), "--enrol").counts == (1, 1, 0, 0)
    assert Activity.objects.get(kind="purchase").store == store


def test_the_same_file_again_changes_nothing(write):
    path = write(*PURCHASES, "R1,ana,2024-03-05,refund,2.50,,,A1")
    first = import_activities(path, "--enrol")
    before = available(), Activity.objects.count(), Enrolment.objects.get(member__external_ids__external_id="ana").spend
    again = import_activities(path, "--enrol")
    assert first.counts == (4, 4, 0, 0)
    assert (again.code, again.counts) == (0, (4, 0, 4, 0))
    assert before == (
        available(),
        Activity.objects.count(),
        Enrolment.objects.get(member__external_ids__external_id="ana").spend,
    )


def test_another_activity_under_the_same_identifier_is_refused(write):
    import_activities(write(*PURCHASES), "--enrol")
    outcome = import_activities(write("A1,ana,2024-03-01,,13.50", PURCHASES[1]), "--enrol")
    assert outcome.counts == (2, 0, 1, 1)
    assert "Row 2, external_id" in outcome.err
    assert available() == [12, 99]


def test_the_lines_of_a_purchase_are_one_activity_and_count_as_rows(write):
    lines = ["A1,ana,2024-03-01,,12.50,,,,bread,2", "A1,ana,2024-03-01,,12.50,,,,cheese,1"]
    outcome = import_activities(write(*lines, "A2,ana,2024-03-02,,5"), "--enrol")
    assert outcome.counts == (3, 3, 0, 0)
    assert Activity.objects.filter(kind="purchase").count() == 2
    assert list(ActivityLine.objects.order_by("id").values_list("sku", "quantity")) == [("bread", 2), ("cheese", 1)]


def test_lines_of_a_purchase_that_stand_apart_are_refused_with_what_may_be_the_matter(write):
    lines = ["A1,ana,2024-03-01,,12.50,,,,bread,2", "A2,ana,2024-03-02,,5", "A1,ana,2024-03-01,,12.50,,,,cheese,1"]
    outcome = import_activities(write(*lines), "--enrol")
    assert outcome.counts == (3, 2, 0, 1)
    assert "Row 4, external_id: " in outcome.err
    assert "or other lines of this purchase: they must follow each other" in outcome.err


def test_a_refund_takes_back_what_its_purchase_earned(write):
    rows = ["A1,ana,2024-03-01,,100", "R1,ana,2024-03-02,refund,25,,,A1", "R2,ana,2024-03-03,refund,75,,,A1"]
    outcome = import_activities(write(*rows), "--enrol")
    assert outcome.counts == (3, 3, 0, 0)
    assert available() == [0]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("R1,ana,2024-03-05,refund,5,,,unheard-of", "refunds"),
        ("R1,bruno,2024-03-05,refund,5,,,A1", "refunds"),
        ("R1,ana,2024-03-05,refund,200,,,A1", "amount"),
        ("R1,ana,2024-02-01,refund,5,,,A1", "occurred_at"),
        ("A4,ana,2024-03-01,,5,,atlantis", "store"),
        ("A4,ana,2024-03-01,,5,USD", "currency"),
        ("A4,ana,2024-03-01,,-5", "amount"),
        ("A4,ana,2024-03-01,,1000000000000", "amount"),
        ("A4,ana,2024-03-01,,NaN", "amount"),
        ('A4,ana,2024-03-01,,"1,5",,,,,', "amount"),
        ("A4,ana,31/02/2024,,5", "occurred_at"),
        ("A4,ana,2999-01-01,,5", "occurred_at"),
        ('A4,"ana,2024-03-01,,5', "member"),
        ("A4,an\0a,2024-03-01,,5", "member"),
    ],
)
def test_a_bad_row_is_refused_at_its_row_and_column_and_its_neighbours_go_in(write, row, column):
    outcome = import_activities(write(PURCHASES[0], row, *PURCHASES[1:]), "--enrol")
    assert (outcome.code, outcome.counts) == (0, (4, 3, 0, 1))
    assert f"Row 3, {column}: " in outcome.err
    assert available() == [12, 99]


def test_a_purchase_that_is_fully_refunded_cannot_be_refunded_again(write):
    rows = ["A1,ana,2024-03-01,,100", "R1,ana,2024-03-02,refund,100,,,A1", "R2,ana,2024-03-03,refund,1,,,A1"]
    outcome = import_activities(write(*rows), "--enrol")
    assert outcome.counts == (3, 2, 0, 1)
    assert "Row 4, refunds" in outcome.err


def test_several_chunks_say_the_same_as_one(write, monkeypatch):
    monkeypatch.setattr(loading, "ROWS_PER_CHUNK", 2)
    rows = [*PURCHASES, "A4,ana,nonsense,,5", "R1,ana,2024-03-05,refund,2.50,,,A1", "A1,ana,2024-03-01,,12.50"]
    outcome = import_activities(write(*rows), "--enrol")
    assert outcome.counts == (6, 4, 1, 1)
    assert "Row 5, occurred_at" in outcome.err


@pytest.mark.parametrize(
    ("rows", "counts", "code"),
    [
        ([], (0, 0, 0, 0), 0),
        (["A1,ana,nonsense,,5"], (1, 0, 0, 1), 1),
        (["A1,ana,nonsense,,5", "A2,ana,2024-03-01,,5"], (2, 1, 0, 1), 0),
    ],
)
def test_the_exit_code_is_1_only_where_nothing_could_be_imported(write, rows, counts, code):
    outcome = import_activities(write(*rows), "--enrol")
    assert (outcome.code, outcome.counts) == (code, counts)


def test_a_bad_row_beside_duplicates_is_no_failure(write):
    rows = ["A1,ana,2024-03-01,,5", "A2,ana,nonsense,,5"]
    import_activities(write(*rows), "--enrol")
    again = import_activities(write(*rows), "--enrol")
    assert (again.code, again.counts) == (0, (2, 0, 1, 1))


def test_a_file_that_cannot_be_read_is_refused_with_its_reason_and_valid_json(write, tmp_path):
    workbook = tmp_path / "purchases.csv"
    workbook.write_bytes(b"PK\x03\x04" + bytes(100))
    outcome = import_activities(workbook, "--enrol")
    assert (outcome.code, outcome.counts) == (1, (0, 0, 0, 0))
    assert "CSV UTF-8" in outcome.report["refused"]
    missing = import_activities(write("ana,12.50", header="member,amount"))
    assert missing.code == 1
    assert "Row 1: " in missing.err
    assert "external_id" in missing.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere.csv"],
        ["{file}", "--source", "with spaces"],
        ["{file}", "--errors", "{file}"],
        ["{file}", "--errors", "{folder}/missing/errors.csv"],
        ["{folder}"],
    ],
)
def test_wrong_arguments_end_with_2_and_import_nothing(write, tmp_path, arguments):
    path = write(*PURCHASES)
    before = path.read_bytes()
    outcome = import_activities(*(text.format(file=path, folder=tmp_path) for text in arguments), "--enrol")
    assert (outcome.code, outcome.out) == (2, "")
    assert path.read_bytes() == before
    assert not Activity.objects.exists()


def test_an_unknown_program_is_a_wrong_argument(write):
    assert import_activities(write(*PURCHASES), program="atlantis").code == 2


def test_people_read_a_sentence(write):
    outcome = import_activities(write(*PURCHASES), "--enrol", as_json=False)
    assert outcome.out.startswith("3 rows: 3 imported, 0 there already, 0 refused")
    with pytest.raises(json.JSONDecodeError):
        json.loads(outcome.out)


def test_every_activity_has_its_decision(write):
    import_activities(write(*PURCHASES), "--enrol")
    granted = Decision.objects.filter(activity__kind="purchase").order_by("activity__external_id")
    assert list(granted.values_list("granted", flat=True)) == [12, 99, 0]
