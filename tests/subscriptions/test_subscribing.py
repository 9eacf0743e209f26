"""A member subscribes: a free trial once in a lifetime, else the first period is paid before benefits begin."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from loyalty.subscriptions import operations
from loyalty.subscriptions.gateways import fake
from loyalty.subscriptions.models import Charge, FakePayment, Plan, PlanPrice, Subscription
from loyalty.subscriptions.operations import PaymentDeclined, SubscriptionRefused
from tests.factories.members import MemberFactory
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import RewardFactory
from tests.factories.subscriptions import add_plan, noon, subscribe

pytestmark = pytest.mark.django_db
JANUARY = noon(2025, 1, 5)


def test_a_trial_of_thirty_days_costs_nothing_and_gives_benefits_at_once(life, prime):
    life.subscribe(prime, JANUARY)
    assert life.until(2025, 2, 3) == ("trialing", 0, True)
    assert life.plan_now == "prime"


def test_the_first_charge_comes_on_the_day_after_the_trial(life, prime):
    life.subscribe(prime, JANUARY)
    assert life.until(2025, 2, 4) == ("active", 1, True)
    (charge,) = life.charges
    assert (charge.amount, charge.period_start, charge.period_end) == (10000, date(2025, 2, 4), date(2026, 2, 4))


def test_without_a_trial_the_first_period_is_paid_at_once(life, plus):
    life.subscribe(plus, JANUARY)
    assert life.stands(JANUARY) == ("active", 1, True)
    assert FakePayment.objects.get().amount == 1000


def test_a_declined_first_payment_begins_nothing(life, ana, plus):
    fake.script(member_id=ana.pk, results=["declined", "ok"])
    with pytest.raises(PaymentDeclined, match="another means of payment"):
        life.subscribe(plus, JANUARY)
    assert life.stands(JANUARY) == ("expired", 0, False)
    assert life.plan_now == ""
    life.subscribe(plus, JANUARY)
    assert life.stands(JANUARY) == ("active", 1, True)


def test_a_first_payment_at_the_till_is_waited_for(life, plus):
    life.subscribe(plus, JANUARY, gateway="manual")
    assert life.stands(JANUARY) == ("past_due", 0, False)
    operations.take_payment(charge=life.charges[0], at=JANUARY)
    assert life.stands(JANUARY) == ("active", 1, True)


def test_a_first_payment_that_never_comes_ends_the_waiting(life, plus):
    life.subscribe(plus, JANUARY, gateway="manual")
    assert life.until(2025, 1, 11) == ("past_due", 0, False)
    assert life.until(2025, 1, 12) == ("expired", 0, False)


def test_a_trial_is_had_once_whatever_the_plan(life, program, prime):
    other = add_plan(program, "short", trial_days=7)
    life.subscribe(prime, JANUARY)
    operations.cancel(subscription=life.row, at=JANUARY, now=True)
    life.subscribe(other, noon(2025, 6, 1))
    assert life.stands(noon(2025, 6, 1)) == ("active", 1, True)
    assert life.row.trial_end is None


def test_the_database_refuses_a_second_trial(life, prime):
    life.subscribe(prime, JANUARY)
    operations.cancel(subscription=life.row, at=JANUARY, now=True)
    copy = life.row
    copy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_two_live_subscriptions_are_refused_by_word_and_by_the_database(life, program, ana, prime, plus):
    life.subscribe(prime, JANUARY)
    with pytest.raises(SubscriptionRefused, match="change its plan instead"):
        life.subscribe(plus, JANUARY)
    copy = life.row
    copy.pk, copy.trial_end = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_the_price_of_the_day_stays_with_the_subscription(life, plus):
    life.subscribe(plus, JANUARY)
    operations.set_price(plan=plus, currency="EUR", amount=9900, at=JANUARY)
    life.until(2025, 2, 5)
    assert [charge.amount for charge in life.charges] == [1000, 1000]


def test_a_plan_of_nothing_is_paid_without_asking_anybody(life, program):
    life.subscribe(add_plan(program, "club", price=0), JANUARY)
    assert life.stands(JANUARY) == ("active", 1, True)
    assert not FakePayment.objects.exists()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"plan": "none"}, "plan_unknown"),
        ({"currency": "USD"}, "price_missing"),
        ({"gateway": "cheque"}, "gateway_unknown"),
    ],
)
def test_what_is_not_there_is_named(program, ana, plus, options, code):
    with pytest.raises(SubscriptionRefused) as refused:
        subscribe(program, ana, options.pop("plan", plus), JANUARY, **options)
    assert refused.value.code == code
    assert not Subscription.objects.exists()


def test_only_members_who_may_can_subscribe(program, ana, plus):
    for member, code in ((MemberFactory(), "not_enrolled"), (ana, "member_blocked")):
        ana.status = "blocked"
        ana.save()
        with pytest.raises(SubscriptionRefused) as refused:
            subscribe(program, member, plus, JANUARY)
        assert refused.value.code == code


def test_a_plan_off_offer_or_of_another_program_is_refused(program, ana, plus):
    stranger = add_plan(ProgramFactory(), "other")
    Plan.objects.filter(pk=plus.pk).update(is_active=False)
    plus.refresh_from_db()
    for plan in (plus, stranger):
        with pytest.raises(SubscriptionRefused, match="not on offer"):
            subscribe(program, ana, plan, JANUARY)


# Plans that make no sense


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"every": "month", "trial_days": 32}, "trial_days"),
        ({"every": "year", "trial_days": 367}, "trial_days"),
        ({"retry_days": [3, 1]}, "retry_days"),
        ({"retry_days": [0]}, "retry_days"),
        ({"retry_days": [1, 9], "grace_days": 7}, "retry_days"),
        ({"retry_days": "soon"}, "retry_days"),
        ({"multiplier": 0}, "multiplier"),
        ({"price": -1}, "prices"),
        ({"joining_reward": "none"}, "joining_reward"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_at_its_field(program, terms, field):
    with pytest.raises(ValidationError) as refused:
        add_plan(program, **terms)
    assert list(refused.value.error_dict) == [field]
    assert not Plan.objects.exists()


def test_a_plan_needs_a_price_in_the_money_of_the_program(program):
    with pytest.raises(ValidationError, match="Give a price in EUR"):
        operations.add_plan(program=program, code="x", name_fr="X", name_en="X", prices={"USD": 9900}, at=JANUARY)
    assert not PlanPrice.objects.exists()


def test_a_reward_of_another_program_is_no_gift_of_this_one(program):
    with pytest.raises(ValidationError, match="another program"):
        add_plan(program, joining_reward=RewardFactory())


def test_the_database_refuses_what_forms_refuse(program, plus):
    nonsense = [{"trial_days": 40}, {"multiplier": 0}, {"recurs": "month"}]
    for values in nonsense:
        with pytest.raises(IntegrityError), transaction.atomic():
            Plan.objects.filter(pk=plus.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanPrice.objects.update(amount=-1)


def test_what_was_charged_cannot_be_rewritten_or_removed(life, plus):
    life.subscribe(plus, JANUARY)
    charges = Charge.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        charges.update(amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        charges._raw_delete(charges.db)
