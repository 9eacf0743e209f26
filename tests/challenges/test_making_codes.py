"""Codes are made in the background, by the hundred thousand, and handed out once."""

import csv
from io import StringIO

import pytest
from django.core.exceptions import ValidationError

from loyalty.challenges import jobs as room_jobs
from loyalty.challenges import operations
from loyalty.challenges.models import CodeBatch, EntryCode
from loyalty.challenges.operations import batches
from loyalty.jobs import operations as jobs
from loyalty.jobs.models import Job
from loyalty.jobs.worker import run
from tests.earning.desk import DAY, NOON


def generate(program, quantity=5, **terms):
    terms = {"name_fr": "Café 250 g", "name_en": "Coffee 250 g", "points": 20} | terms
    return operations.generate_codes(program=program, code="coffee", quantity=quantity, at=NOON, **terms)


def work():
    job = Job.objects.get(name=batches.JOB)
    return jobs.run(job, at=NOON)


def handed_out(batch, by):
    text = operations.hand_out_codes(batch=batch, at=NOON, by=by)
    return [row["code"] for row in csv.DictReader(StringIO(text))]


def test_a_batch_is_made_by_a_job_and_handed_out(program, marketer, desk):
    batch = generate(program)
    job = work()
    assert (job.state, job.report, job.done) == ("succeeded", {"codes": 5}, 5)
    codes = handed_out(batch, marketer)
    assert len(set(codes)) == 5
    for day, code in enumerate(codes):
        desk.enter(code, day=day)
    assert desk.points == 100


def test_a_code_is_read_in_groups(program, marketer):
    batch = generate(program)
    work()
    assert [len(group) for group in handed_out(batch, marketer)[0].split("-")] == [4, 4, 4]


def test_they_are_handed_out_once_and_then_are_nowhere(program, marketer):
    batch = generate(program)
    work()
    assert operations.is_ready(batch)
    handed_out(batch, marketer)
    with pytest.raises(operations.CodesRefused) as refused:
        handed_out(batch, marketer)
    assert refused.value.code == "handed_out"
    batch.refresh_from_db()
    assert (batch.downloaded_by, operations.is_ready(batch)) == (marketer, False)


@pytest.mark.django_db(transaction=True)
def test_no_file_is_left(program, marketer):
    batch = generate(program)
    work()
    assert len(list(batches.folder(batch).glob("*.csv"))) == 1
    handed_out(batch, marketer)
    assert not batches.folder(batch).exists()


def test_they_are_not_handed_out_half_made(program, marketer):
    batch = generate(program)
    with pytest.raises(operations.CodesRefused) as refused:
        handed_out(batch, marketer)
    assert refused.value.code == "not_ready"


def test_a_killed_job_goes_on_where_it_was(program, marketer, monkeypatch):
    monkeypatch.setattr(room_jobs, "CHUNK", 2)
    batch = generate(program)
    keep, calls = batches.keep_chunk, []

    def fail_once(**chunk):
        keep(**chunk)
        calls.append(chunk)
        if len(calls) == 2:
            raise RuntimeError("the machine was switched off")

    monkeypatch.setattr(batches, "keep_chunk", fail_once)
    job = work()
    assert (job.state, EntryCode.objects.count()) == ("failed", 2)
    assert run(job.pk, at=NOON, retry=True).state == "succeeded"
    codes = handed_out(batch, marketer)
    assert (len(set(codes)), EntryCode.objects.count()) == (5, 5)
    digests = {batches.digest_of(code.replace("-", "")) for code in codes}
    assert digests == set(EntryCode.objects.values_list("digest", flat=True))


def test_a_hundred_thousand(program, marketer):
    batch = generate(program, quantity=100_000)
    assert work().report == {"codes": 100_000}
    assert batch.codes.count() == 100_000


@pytest.mark.parametrize(
    "terms, field",
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": 100_001}, "quantity"),
        ({"points": None}, "points"),
        ({"points": 0}, "points"),
        ({"per_day_limit": 0}, "per_day_limit"),
        ({"name_fr": ""}, "name_fr"),
    ],
)
def test_nonsense_is_refused_at_its_field(program, terms, field):
    with pytest.raises(ValidationError) as refused:
        generate(program, **terms)
    assert field in refused.value.message_dict
    assert not CodeBatch.objects.exists()


def test_an_end_before_the_start_is_refused(program):
    with pytest.raises(ValidationError):
        generate(program, valid_from=NOON, valid_to=NOON - DAY)


def test_what_a_code_is_worth_is_fixed(program):
    batch = generate(program)
    with pytest.raises(ValidationError) as refused:
        operations.change_codes(batch=batch, at=NOON, points=1000)
    assert "points" in refused.value.message_dict
    operations.change_codes(batch=batch, at=NOON, per_day_limit=2)
    assert CodeBatch.objects.get().per_day_limit == 2
