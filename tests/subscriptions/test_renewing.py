"""Periods are paid one after the other; a failed payment is tried again while the benefits stay; then it is over."""

from datetime import date, timedelta

import pytest

from loyalty.events.models import Event
from loyalty.subscriptions import operations, queries
from loyalty.subscriptions.gateways import fake
from loyalty.subscriptions.models import BenefitPeriod, FakePayment
from loyalty.subscriptions.operations import SubscriptionRefused
from tests.factories.subscriptions import add_plan, noon

pytestmark = pytest.mark.django_db
JANUARY = noon(2025, 1, 31)


@pytest.fixture
def declined(ana):
    def declined(*results):
        fake.script(member_id=ana.pk, results=results)

    return declined


def test_each_month_is_paid_on_the_anchors_day(life, plus):
    life.subscribe(plus, JANUARY)
    life.until(2025, 5, 1)
    assert [charge.period_start for charge in life.charges] == [
        date(2025, 1, 31),
        date(2025, 2, 28),
        date(2025, 3, 31),
        date(2025, 4, 30),
    ]
    assert [charge.receipt_number for charge in life.charges] == [1, 2, 3, 4]
    assert FakePayment.objects.count() == 4


def test_before_its_day_nothing_is_charged(life, plus):
    life.subscribe(plus, JANUARY)
    operations.renew(subscription=life.row, at=noon(2025, 2, 27))
    assert len(life.charges) == 1


def test_renewing_twice_charges_once(life, plus):
    life.subscribe(plus, JANUARY)
    for _ in range(3):
        operations.renew(subscription=life.row, at=noon(2025, 2, 28))
    assert len(life.charges) == FakePayment.objects.count() == 2


def test_nights_that_were_missed_are_made_up_for(life, plus):
    life.subscribe(plus, JANUARY)
    operations.renew(subscription=life.row, at=noon(2025, 4, 10))
    assert [charge.period_start for charge in life.charges][1:] == [date(2025, 2, 28), date(2025, 3, 31)]
    assert life.stands(noon(2025, 4, 10)) == ("active", 3, True)


def test_dunning_day_by_day_until_it_is_paid(life, plus, declined):
    life.subscribe(plus, JANUARY)
    declined("declined", "declined", "ok")
    attempts = {}
    for day in range(1, 6):
        attempts[day] = (life.until(2025, 3, day)[0], life.charges[-1].attempts)
    assert attempts == {
        1: ("past_due", 2),
        2: ("past_due", 2),
        3: ("active", 3),
        4: ("active", 3),
        5: ("active", 3),
    }
    paid = life.charges[-1]
    assert (paid.period_start, paid.period_end) == (date(2025, 2, 28), date(2025, 3, 31))
    assert [attempt.state for attempt in paid.tries.all()] == ["declined", "declined", "paid"]


def test_dunning_day_by_day_until_it_expires(life, plus, declined):
    life.subscribe(plus, JANUARY)
    declined("declined")
    seen = [(*life.until(2025, 3, day), life.charges[-1].attempts) for day in range(1, 9)]
    assert seen == [
        ("past_due", 1, True, 2),  # a day after 28 February
        ("past_due", 1, True, 2),
        ("past_due", 1, True, 3),
        ("past_due", 1, True, 3),
        ("past_due", 1, True, 4),
        ("past_due", 1, True, 4),
        ("expired", 1, False, 5),  # the last attempt and the end of grace
        ("expired", 1, False, 5),
    ]
    assert life.plan_now == ""
    assert BenefitPeriod.objects.get().ends_at is not None
    assert life.row.ending == "unpaid"


def test_without_grace_a_failed_payment_is_the_end(life, program, declined):
    life.subscribe(add_plan(program, "strict", grace_days=0, retry_days=[]), JANUARY)
    declined("declined")
    assert life.until(2025, 2, 28) == ("expired", 1, False)


def test_a_trial_whose_payment_fails_keeps_its_benefits_for_the_days_of_grace(life, prime, declined):
    life.subscribe(prime, noon(2025, 1, 5))
    declined("declined")
    assert life.until(2025, 2, 4) == ("past_due", 0, True)
    assert life.until(2025, 2, 10) == ("past_due", 0, True)
    assert life.until(2025, 2, 11) == ("expired", 0, False)


def test_a_payment_that_is_due_can_be_asked_for_at_once(life, plus, declined):
    life.subscribe(plus, JANUARY)
    declined("declined", "ok")
    life.until(2025, 2, 28)
    operations.retry(subscription=life.row, at=noon(2025, 2, 28))
    assert life.stands(noon(2025, 2, 28)) == ("active", 2, True)
    with pytest.raises(SubscriptionRefused, match="No payment is due"):
        operations.retry(subscription=life.row, at=noon(2025, 2, 28))


def test_paid_at_the_till_during_grace(life, plus, store, clerk, declined):
    life.subscribe(plus, JANUARY)
    declined("declined")
    life.until(2025, 3, 2)
    (charge,) = queries.open_charges(program=life.program, member_id=life.member.pk)
    paid = operations.take_payment(charge=charge, at=noon(2025, 3, 2), by=clerk, store=store)
    assert (paid.paid_through, paid.store, paid.taken_by, paid.receipt_number) == ("manual", store, clerk, 2)
    assert life.until(2025, 3, 30) == ("active", 2, True)
    assert life.row.period_end == date(2025, 3, 31)
    with pytest.raises(SubscriptionRefused, match="paid already"):
        operations.take_payment(charge=charge, at=noon(2025, 3, 2))


def test_a_delayed_payment_is_asked_about_under_the_same_key(life, plus, declined):
    life.subscribe(plus, JANUARY)
    declined("delayed")
    assert life.until(2025, 3, 1) == ("past_due", 1, True)
    (attempt,) = life.charges[-1].tries.all()
    assert attempt.state == "pending"
    fake.settle(key=attempt.key, paid=True, at=noon(2025, 3, 1))
    assert life.until(2025, 3, 3) == ("active", 2, True)
    assert FakePayment.objects.count() == 2


def test_the_till_waits_for_the_answer_of_the_payment_provider(life, plus, declined):
    life.subscribe(plus, JANUARY)
    declined("authentication")
    life.until(2025, 2, 28)
    with pytest.raises(SubscriptionRefused, match="has not answered"):
        operations.take_payment(charge=life.charges[-1], at=noon(2025, 3, 1))


@pytest.mark.parametrize("now", [True, False])
def test_what_is_over_is_not_renewed_and_says_what_to_do(life, plus, now):
    life.subscribe(plus, JANUARY)
    operations.cancel(subscription=life.row, at=noon(2025, 2, 1), now=now)
    life.until(2025, 3, 1)
    with pytest.raises(SubscriptionRefused, match="subscribe again"):
        operations.renew(subscription=life.row, at=noon(2025, 3, 1))
    assert len(life.charges) == 1


def test_a_member_who_is_blocked_or_has_left_is_not_charged_again(life, plus, ana):
    life.subscribe(plus, JANUARY)
    ana.enrolments.update(status="left")
    assert life.until(2025, 3, 1) == ("expired", 1, False)
    assert life.row.ending == "member"


def test_a_closing_program_sells_no_further_period(life, program, plus):
    life.subscribe(plus, JANUARY)
    days = ("closing_announced_date", "last_earning_date", "last_redemption_date", "final_expiry_date")
    for name, day in zip(days, (1, 20, 21, 22), strict=True):
        setattr(program, name, date(2025, 2, day))
    program.save()
    assert life.until(2025, 3, 1) == ("expired", 1, False)


def test_what_happened_is_announced(life, plus, declined):
    life.subscribe(plus, JANUARY)
    declined("declined", "ok")
    life.until(2025, 3, 1)
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == [
        "charge.paid",
        "subscription.started",
        "subscription.payment_failed",
        "charge.paid",
        "subscription.renewed",
    ]


def test_a_payment_that_comes_after_the_end_is_given_back(life, plus, declined):
    life.subscribe(plus, JANUARY)
    declined("delayed")
    assert life.until(2025, 3, 8) == ("expired", 1, False)
    late = life.charges[-1]
    body, headers = fake.settle(key=late.tries.get().key, paid=True, at=noon(2025, 3, 9))
    operations.record_gateway_notice(gateway="fake", body=body, headers=headers, at=noon(2025, 3, 9))
    late.refresh_from_db()
    assert (late.state, late.refunded, late.refunds.get().state) == ("refunded", 1000, "done")
    assert life.stands(noon(2025, 3, 9)) == ("expired", 1, False)


def test_a_night_of_the_job_does_the_same(life, program, plus):
    from loyalty.jobs import operations as jobs

    life.subscribe(plus, JANUARY)
    for day in ("2025-02-27", "2025-02-28", "2025-02-28"):
        job = jobs.ensure(name="subscriptions", scope=program.code, period=day, by=None, at=JANUARY)
        jobs.run(job, at=JANUARY + timedelta(days=40))
    assert job.report == {"active": 1}
    assert len(life.charges) == 2
