"""Points as a tender: what is debited for a basket, and that a retry pays once."""

from datetime import date
from typing import NamedTuple

import pytest

from loyalty.ledger import queries as ledger
from members.models import Member
from rewards import operations, queries
from rewards.models import BurnRule
from rewards.operations import MemberRefused, PaymentRefused, ReferenceReused
from tests.factories.rewards import SPRING, BurnRuleFactory, give_points

pytestmark = pytest.mark.django_db


class Line(NamedTuple):
    sku: str
    category: str
    quantity: int
    unit_price: int


@pytest.fixture
def rule(program):
    return BurnRuleFactory(program=program)


def pay(program, member, amount, external_id="s1", **options):
    names = {"program": program, "source": "till", "external_id": external_id, "at": SPRING}
    return operations.pay_with_points(member_id=member.pk, amount=amount, **names, **options)


def available(program, member):
    return ledger.balance(program=program, member_id=member.pk, at=SPRING).available


def test_as_many_points_as_the_basket_takes(program, ana, rule):
    give_points(program, ana, 1000)
    payment = pay(program, ana, 1740)
    assert (payment.points, payment.value) == (300, 1500)
    assert available(program, ana) == 700


def test_exactly_the_points_that_the_till_showed(program, ana, rule):
    give_points(program, ana, 1000)
    assert pay(program, ana, 1740, points=200).value == 1000


@pytest.mark.parametrize("points", [250, 400])
def test_points_that_cannot_all_be_used_are_refused(program, ana, rule, points):
    give_points(program, ana, 1000)
    with pytest.raises(PaymentRefused) as refusal:
        pay(program, ana, 1740, points=points)
    assert refusal.value.code == "not_usable"
    assert available(program, ana) == 1000


def test_the_reason_is_the_rules(program, ana, rule):
    give_points(program, ana, 60)
    with pytest.raises(PaymentRefused) as refusal:
        pay(program, ana, 1740)
    assert refusal.value.code == "too_few_points"


def test_without_a_rule_points_do_not_pay(program, ana):
    give_points(program, ana, 1000)
    with pytest.raises(PaymentRefused):
        pay(program, ana, 1740)


def test_a_retry_pays_once_even_after_the_rule_has_changed(program, ana, rule):
    give_points(program, ana, 1000)
    first = pay(program, ana, 1740)
    BurnRule.objects.update(value=100)
    again = pay(program, ana, 1740)
    assert (again.points, again.value, again.replayed) == (first.points, first.value, True)
    assert available(program, ana) == 700


def test_the_same_identifier_for_somebody_else_is_refused(program, ana, bruno, rule):
    give_points(program, ana, 1000)
    give_points(program, bruno, 1000)
    pay(program, ana, 1740)
    with pytest.raises(ReferenceReused):
        pay(program, bruno, 1740)
    with pytest.raises(ReferenceReused):
        pay(program, ana, 1740, points=100)


def test_excluded_goods_are_paid_with_money(program, ana, rule):
    program.excluded_categories = ["tobacco"]
    program.save()
    give_points(program, ana, 1000)
    lines = [Line("W1", "wine", 2, 600), Line("T1", "tobacco", 1, 1200)]
    assert pay(program, ana, 2400, lines=lines).value == 1000


def test_a_quote_writes_nothing_and_says_what_paying_would_do(program, ana, store, rule):
    rule.stores.add(store)
    give_points(program, ana, 1000)
    basket = {"program": program, "member_id": ana.pk, "amount": 1740, "at": SPRING}
    assert queries.quote_points(**basket).refusal.code == "wrong_store"
    quote = queries.quote_points(**basket, store=store)
    assert available(program, ana) == 1000
    assert pay(program, ana, 1740, store=store)[1:3] == (quote.points, quote.value)


def test_a_blocked_member_does_not_pay_with_points(program, ana, rule):
    give_points(program, ana, 1000)
    Member.objects.filter(pk=ana.pk).update(status=Member.Status.BLOCKED)
    with pytest.raises(MemberRefused):
        pay(program, ana, 1740)


def test_points_do_not_pay_after_the_last_redemption_day(program, ana, rule):
    program.last_redemption_date = date(2025, 4, 1)
    give_points(program, ana, 1000)
    with pytest.raises(PaymentRefused) as refusal:
        pay(program, ana, 1740)
    assert refusal.value.code == "wound_down"
