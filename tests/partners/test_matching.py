"""A partner's file is held against ours: what is the same, what differs, who has what alone; a person decides."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from loyalty.jobs import operations as jobs
from loyalty.jobs.models import Job
from loyalty.lib.csv_files import FileRefused
from loyalty.partners import papers
from loyalty.partners.jobs import TOGETHER, start_matching
from loyalty.partners.matching import Item, Tolerance, match
from loyalty.partners.models import Dispute, MatchedLine, PartnerLine
from loyalty.partners.operations import PartnersError, decide_dispute, keep_file, settle
from tests.factories.partners import DAY, NOON, DisputeFactory

APRIL = NOON + 31 * DAY
DAYS = st.integers(1, 28).map(lambda day: date(2026, 3, day))
ITEMS = st.lists(st.tuples(st.sampled_from("abc"), DAYS, st.integers(-3, 3), st.integers(-5, 5)), max_size=12)


def numbered(rows):
    return [Item(number, *row) for number, row in enumerate(rows, start=1)]


@given(ours=ITEMS, theirs=ITEMS, days=st.integers(0, 5), amount=st.integers(0, 3))
def test_every_line_and_every_row_is_there_once(ours, theirs, days, amount):
    ours, theirs = numbered(ours), numbered(theirs)
    pairs = match(ours, theirs, Tolerance(days, amount))
    assert sorted(pair.ours for pair in pairs if pair.ours) == sorted(ours)
    assert [pair.theirs for pair in pairs if pair.theirs] == theirs
    assert not any(
        Tolerance(days, amount).holds(mine.ours, other.theirs)
        for mine in pairs
        for other in pairs
        if mine.theirs is None and other.ours is None
    )
    assert all(pair.ours for pair in match(ours, ours, Tolerance()))


@pytest.fixture
def march(at_hotel, ana):
    """Four lines: two sales, a sale that was paid with points in part."""
    at_hotel.sell(ana, 100, external_id="s1")
    at_hotel.sell(ana, 200, external_id="s2")
    at_hotel.sell(ana, 50, day=1, external_id="s3", redeem_points=100)
    return settle(program=at_hotel.program, partner=at_hotel.partner, month=NOON.date(), at=APRIL)


def held_against(statement, text, **tolerance):
    """The job, run in this process."""
    upload = keep_file(statement=statement, upload=ContentFile(text, "theirs.csv"), at=APRIL, **tolerance)
    return jobs.run(start_matching(upload=upload, by=None, at=APRIL), at=APRIL)


def findings():
    return list(MatchedLine.objects.order_by("id").values_list("reference", "result"))


@pytest.mark.django_db
def test_our_own_file_is_the_same_throughout(march):
    job = held_against(march, "".join(papers.csv_lines(march)).encode())
    assert (job.state, job.report["matched"], job.done) == (Job.State.SUCCEEDED, 4, 4)
    assert {result for _reference, result in findings()} == {"matched"}
    assert not Dispute.objects.exists()


@pytest.mark.django_db
def test_differences_are_found_row_by_row_in_the_partners_own_writing(march):
    text = (
        "Amount;Points;Reference;Date\n"
        "1,50;100;s1;2026-03-02\n"  # the same
        "2,98;200;s2;2026-03-02\n"  # 2 cents less
        "0,73;49;hôtel-3;2026-03-04\n"  # another name and a day later
        "-0,80;-100;s3;2026-03-03\n"
        "9,99;1;s9;2026-03-09\n"  # nobody knows it
        "x;1;s5;2026-03-09\n"
        "1;1;s6;soon\n"
    ).encode("cp1252")
    job = held_against(march, text, days=1, amount=1)
    assert [(each["row"], each["column"]) for each in job.errors] == [(7, "amount"), (8, "date")]
    assert findings() == [
        ("s1", "matched"),
        ("s2", "differing"),
        ("hôtel-3", "matched"),
        ("s3", "matched"),
        ("s9", "only_theirs"),
    ]
    assert [(each.points, each.amount, each.state) for each in Dispute.objects.order_by("id")] == [
        (0, -2, "open"),
        (1, 999, "open"),
    ]


@pytest.mark.django_db
def test_a_file_that_is_none_is_refused_at_once(march):
    for text in (b"", b"reference,date\ns1,2026-03-02\n", b"PK\x03\x04"):
        with pytest.raises(FileRefused):
            keep_file(statement=march, upload=ContentFile(text, "x.csv"), at=APRIL)


@pytest.mark.django_db
def test_a_big_file_is_written_in_parts_and_goes_on_where_it_stopped(march):
    rows = "".join(f"x{number},2026-03-02,{number},1\n" for number in range(1, TOGETHER + 500))
    upload = keep_file(
        statement=march, upload=ContentFile(f"reference,date,points,amount\n{rows}".encode(), "big.csv"), at=APRIL
    )
    job = start_matching(upload=upload, by=None, at=APRIL)
    Job.objects.filter(pk=job.pk).update(cursor=TOGETHER, done=TOGETHER)
    job.refresh_from_db()
    done = jobs.run(job, at=APRIL)
    assert (done.state, done.done) == (Job.State.SUCCEEDED, TOGETHER + 499 + 4)
    assert MatchedLine.objects.count() == 499 + 4


@pytest.mark.django_db
def test_what_is_accepted_or_settled_is_corrected_in_the_next_month(march, administrator):
    held_against(march, b"reference,date,points,amount\ns1,2026-03-02,100,1.40\ns2,2026-03-02,200,2.00\n")
    by_reference = {each.matched.reference: each for each in Dispute.objects.all()}
    common = {"reason": "checked", "at": APRIL, "by": administrator}
    decide_dispute(dispute=by_reference["s1"], state="accepted", **common)
    decide_dispute(dispute=by_reference["s2"], state="settled", amount=-50, **common)
    for each in Dispute.objects.filter(state="open"):
        decide_dispute(dispute=each, state="rejected", **common)
    april = settle(program=march.program, partner=march.partner, month=date(2026, 4, 1), at=APRIL + 30 * DAY)
    assert (april.opening, april.total) == (march.closing, -10 - 50)
    assert [line.undoes.reference for line in april.lines.order_by("id")] == ["s1", "s2"]
    assert PartnerLine.objects.filter(kind="correction").count() == 2


@pytest.mark.django_db
def test_a_dispute_is_decided_once_and_with_a_reason(administrator):
    dispute = DisputeFactory()
    common = {"dispute": dispute, "at": APRIL, "by": administrator}
    for wrong in (
        {"state": "accepted", "reason": " "},
        {"state": "open", "reason": "x"},
        {"state": "settled", "reason": "x"},
        {"state": "rejected", "reason": "x", "amount": 1},
    ):
        with pytest.raises(PartnersError):
            decide_dispute(**common, **wrong)
    decide_dispute(**common, state="accepted", reason="their till was right")
    with pytest.raises(PartnersError):
        decide_dispute(**common, state="rejected", reason="no")


@pytest.mark.django_db
def test_the_database_refuses_nonsense():
    dispute = DisputeFactory()
    for change in ({"state": "rejected"}, {"reason": "x"}, {"amount": 1}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Dispute.objects.filter(pk=dispute.pk).update(**change)
    upload = dispute.matched.upload
    about = {"upload": upload, "reference": "r", "date": NOON.date()}
    for wrong in (
        {"result": "only_ours", "row": 9},
        {"result": "matched", "row": 9, "points": 1},
        {"result": "only_theirs", "row": 2, "points": 1},  # this row has its result
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            MatchedLine.objects.create(**about, **wrong)


@pytest.mark.django_db
def test_finance_decides_and_the_partner_manager_only_looks(as_role):
    dispute = DisputeFactory()
    address = f"/admin/partners/dispute/{dispute.pk}"
    decision = {"amount": "0.75", "reason": "halved"}
    assert as_role("partner manager").post(f"{address}/settle/", decision).status_code == 403
    assert as_role("finance").post(f"{address}/settle/", decision).status_code == 302
    dispute.refresh_from_db()
    assert (dispute.state, dispute.correction.amount) == ("settled", 75)


@pytest.mark.django_db
def test_a_file_is_uploaded_on_the_statements_page(as_role, march):
    browser, address = as_role("partner manager"), f"/admin/partners/statement/{march.pk}/match/"
    assert 'enctype="multipart/form-data"' in browser.get(address).content.decode()
    nothing = ContentFile(b"a,b\n", "a.csv")
    refused = browser.post(address, {"file": nothing, "days": "1", "amount": "0.01"})
    assert "reference, date, points, amount" in str(refused.context["form"].non_field_errors())
    good = ContentFile(b"reference,date,points,amount\ns1,2026-03-02,100,1.50\n", "a.csv")
    assert browser.post(address, {"file": good, "days": "1", "amount": "0.01"}).status_code == 302
    assert (march.uploads.get().amount, Job.objects.get(name="match_partner_file").state) == (1, "waiting")
