"""Codes made ahead: many at a time, taken out once, used by whoever has one, withdrawn as a whole."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from loyalty.jobs import operations as jobs
from loyalty.jobs.models import Job
from rewards import jobs as rewards_jobs
from rewards import operations, queries
from rewards.models import Voucher, VoucherBatch
from rewards.operations import RewardsError, VoucherRefused
from tests.factories.rewards import SPRING, RewardFactory
from tests.racing import at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def flyer(program):
    return RewardFactory(
        program=program, code="flyer", kind="discount_amount", amount=500, points_price=None, voucher_days=30
    )


def ask(reward, quantity=5, **options):
    return operations.create_voucher_batch(
        program=reward.program, reward=reward, name="Flyers", quantity=quantity, at=SPRING, **options
    )


def make(batch, **options):
    job = Job.objects.get(name="voucher_batch", period=str(batch.pk))
    job = jobs.run(job, at=SPRING, **options)
    batch.refresh_from_db()
    return job


def made(reward, quantity=5, **options):
    batch = ask(reward, quantity, **options)
    make(batch)
    return batch


def use(voucher, sale="s1", **options):
    return operations.redeem_voucher(
        program=voucher.program, code=voucher.code, source="till", external_id=sale, amount=2000, at=SPRING, **options
    )


def test_a_job_makes_the_codes_and_tells_how_far_it_is(flyer, monkeypatch, administrator):
    monkeypatch.setattr(rewards_jobs, "CODES_TOGETHER", 2)
    batch = ask(flyer, by=administrator)
    assert batch.state == "making"
    job = make(batch)
    assert (job.state, job.done, job.total, job.report) == ("succeeded", 5, 5, {"codes": 5})
    assert (batch.state, batch.made) == ("ready", 5)
    vouchers = batch.vouchers.all()
    assert {(each.member_id, each.value, each.issued_by, each.uses_allowed) for each in vouchers} == {
        (None, 500, administrator, 1)
    }
    assert len({each.code for each in vouchers}) == 5
    assert {each.expires_at for each in vouchers} == {batch.expires_at}


def test_a_run_that_was_killed_is_taken_up_where_it_stopped(flyer, monkeypatch):
    monkeypatch.setattr(rewards_jobs, "CODES_TOGETHER", 2)
    batch, fill = ask(flyer), operations.fill_voucher_batch
    calls = []

    def break_the_second(**options):
        calls.append(fill(**options))
        if len(calls) == 2:
            raise RuntimeError("the machine went away")
        return calls[-1]

    monkeypatch.setattr(operations, "fill_voucher_batch", break_the_second)
    assert make(batch).state == "failed"
    assert (batch.made, batch.vouchers.count()) == (2, 2)
    monkeypatch.setattr(operations, "fill_voucher_batch", fill)
    assert make(batch, retry=True).state == "succeeded"
    assert batch.vouchers.count() == 5


def test_whoever_has_a_code_uses_it_once(flyer, ana):
    voucher = made(flyer).vouchers.first()
    assert use(voucher, member_id=ana.pk).worth == 500
    with pytest.raises(VoucherRefused):
        use(voucher, "s2")


def test_codes_for_several_uses(flyer):
    voucher = made(flyer, 1, uses_allowed=3).vouchers.get()
    for number in range(3):
        use(voucher, f"s{number}")
    with pytest.raises(VoucherRefused):
        use(voucher, "s3")


def refusal_of(voucher, sale, **options):
    with pytest.raises(VoucherRefused) as refused:
        use(voucher, sale, trusted=True, **options)
    return refused.value.code


def test_once_per_member(flyer, ana, bruno):
    first, second = made(flyer, 2, uses_allowed=10, one_per_member=True).vouchers.order_by("id")
    assert refusal_of(first, "s1") == "member_needed"
    use(first, "s1", member_id=ana.pk)
    assert use(first, "s1", member_id=ana.pk).replayed
    assert refusal_of(first, "s2", member_id=ana.pk) == "one_per_member"
    assert refusal_of(second, "s3", member_id=ana.pk) == "one_per_member"
    use(first, "s4", member_id=bruno.pk)
    operations.give_back_vouchers(program=first.program, source="till", external_id="s1", at=SPRING)
    use(second, "s5", member_id=ana.pk)


def test_the_quantity_comes_out_of_the_stock(flyer):
    flyer.stock = 7
    flyer.save()
    ask(flyer)
    with pytest.raises(RewardsError) as refused:
        ask(flyer)
    assert refused.value.code == "out_of_stock"
    assert VoucherBatch.objects.count() == 1


@pytest.mark.parametrize("options", [{"quantity": 0}, {"quantity": 1_000_001}, {"uses_allowed": 0}])
def test_nonsense_is_refused_at_its_field(flyer, options):
    with pytest.raises(ValidationError) as refused:
        ask(flyer, **options)
    assert set(refused.value.message_dict) == set(options)


def test_other_refusals(flyer, program):
    cinema = RewardFactory(program=program, kind="partner", partner_name="Lumière")
    operations.add_partner_codes(reward=cinema, codes=["L1"], at=SPRING)
    for reward, options in ((RewardFactory(), {"program": program}), (cinema, {}), (flyer, {"expires_at": SPRING})):
        with pytest.raises(RewardsError):
            operations.create_voucher_batch(
                **{"program": program, "reward": reward, "name": "x", "quantity": 1, "at": SPRING} | options
            )


def test_codes_leave_once(flyer, administrator):
    batch = ask(flyer)
    with pytest.raises(RewardsError):
        operations.take_out_codes(batch=batch, at=SPRING, by=administrator)
    make(batch)
    operations.take_out_codes(batch=batch, at=SPRING, by=administrator)
    assert (batch.state, batch.listed_by) == ("listed", administrator)
    with pytest.raises(RewardsError):
        operations.take_out_codes(batch=batch, at=SPRING, by=administrator)


def test_withdrawing_makes_what_is_left_worthless(flyer, administrator):
    batch = made(flyer)
    used, left = batch.vouchers.order_by("id")[:2]
    use(used)
    options = {"batch": batch, "reason": "lost", "by": administrator}
    assert operations.withdraw_voucher_batch(**options, at=SPRING) == 4
    assert operations.withdraw_voucher_batch(**options, at=SPRING + DAY) == 0
    assert queries.batch_figures(batch=batch, at=SPRING) == {"used": 1, "withdrawn": 4}
    assert refusal_of(left, "s2") == "withdrawn"


def test_a_batch_withdrawn_while_it_is_made_gets_no_more_codes(flyer, administrator, monkeypatch):
    monkeypatch.setattr(rewards_jobs, "CODES_TOGETHER", 2)
    batch, fill = ask(flyer), operations.fill_voucher_batch

    def withdraw_after(**options):
        count = fill(**options)
        if count:
            operations.withdraw_voucher_batch(batch=batch, reason="x", at=SPRING, by=administrator)
        return count

    monkeypatch.setattr(operations, "fill_voucher_batch", withdraw_after)
    assert make(batch).state == "succeeded"
    assert (batch.state, batch.made) == ("withdrawn", 2)
    assert set(Voucher.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_expired_codes_are_told_apart(flyer):
    batch = made(flyer, expires_at=SPRING + DAY)
    assert queries.batch_figures(batch=batch, at=SPRING) == {"unused": 5}
    assert queries.batch_figures(batch=batch, at=SPRING + DAY) == {"expired": 5}


def test_nobody_has_earned_codes_on_flyers(flyer, program):
    made(flyer)
    assert queries.voucher_liability(program=program, at=SPRING).value == 0


def test_what_was_asked_for_is_never_rewritten(flyer):
    ask(flyer)
    with pytest.raises(DatabaseError), transaction.atomic():
        VoucherBatch.objects.update(quantity=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        VoucherBatch.objects.update(made=6)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_the_codes_out_at_once_one_gets_them(flyer, administrator):
    batch = made(flyer)
    results = at_once(
        lambda _: operations.take_out_codes(batch=VoucherBatch.objects.get(pk=batch.pk), at=SPRING, by=administrator),
        range(6),
    )
    assert sum(isinstance(result, VoucherBatch) for result in results) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_member_at_two_tills_has_one_use_of_the_offer(flyer, ana):
    vouchers = list(made(flyer, 6, one_per_member=True).vouchers.all())
    results = at_once(lambda voucher: use(voucher, voucher.code, member_id=ana.pk), vouchers)
    assert sum(isinstance(result, VoucherRefused) for result in results) == 5
    assert Voucher.objects.filter(state="used").count() == 1


# In the admin

ADD = reverse("admin:rewards_voucherbatch_add")


def filled_in(flyer, **values):
    return {
        "program": flyer.program_id,
        "name": "Flyers",
        "reward": flyer.pk,
        "quantity": "3",
        "uses_allowed": "1",
    } | values


def page_of(batch, verb="change"):
    return f"/admin/rewards/voucherbatch/{batch.pk}/{verb}/"


def test_marketing_asks_for_a_batch_and_takes_its_codes_out(as_role, flyer):
    browser = as_role("marketing")
    assert browser.post(ADD, filled_in(flyer, last_day="2050-06-30")).status_code == 302
    batch = VoucherBatch.objects.get()
    assert (batch.quantity, batch.by) == (3, browser.user)
    assert f"{batch.expires_at:%Y-%m-%d %H:%M}" == "2050-06-30 22:00"
    make(batch)
    page = browser.get(page_of(batch)).content.decode()
    assert f"?batch__id__exact={batch.pk}&state=unused" in page.replace("&amp;", "&")
    file = browser.post(page_of(batch, "codes"), {"sure": "on"})
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == [each.code for each in batch.vouchers.order_by("id")]
    assert browser.post(page_of(batch, "codes"), {"sure": "on"}).status_code == 403
    listed = browser.get(f"/admin/rewards/voucher/?batch__id__exact={batch.pk}&state=unused")
    assert listed.status_code == 200
    assert listed.context["cl"].result_count == 3


def test_a_name_that_begins_like_a_formula_is_no_formula(as_role, flyer):
    browser = as_role("marketing")
    browser.post(ADD, filled_in(flyer, name="=1+1"))
    batch = VoucherBatch.objects.get()
    make(batch)
    file = browser.post(page_of(batch, "codes"), {"sure": "on"})
    assert ",'=1+1," in b"".join(file.streaming_content).decode()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("quantity", {"quantity": "0"}),
        ("quantity", {"quantity": "x"}),
        ("uses_allowed", {"uses_allowed": "-1"}),
        ("last_day", {"last_day": "2001-01-01"}),
        ("reward", {"reward": ""}),
    ],
)
def test_nonsense_is_answered_at_the_form(as_role, flyer, field, values):
    page = as_role("marketing").post(ADD, filled_in(flyer, **values))
    assert field in page.context["adminform"].form.errors
    assert not VoucherBatch.objects.exists()


def test_support_reads_and_does_not_take_out(as_role, flyer):
    batch, support = made(flyer), as_role("support")
    assert support.get(page_of(batch)).status_code == 200
    assert support.post(page_of(batch, "codes"), {"sure": "on"}).status_code == 403
    assert support.post(page_of(batch, "withdraw"), {"reason": "x"}).status_code == 403


def test_marketing_withdraws_a_lost_batch(as_role, flyer):
    batch = made(flyer)
    assert as_role("marketing").post(page_of(batch, "withdraw"), {"reason": "stolen"}).status_code == 302
    batch.refresh_from_db()
    assert (batch.state, batch.withdrawn_reason) == ("withdrawn", "stolen")
