"""Cash-back is paid out by the month as a voucher of the same value, from a minimum on, or spent at the till."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from loyalty.ledger import queries as ledger
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.operations import InsufficientPoints
from rewards import operations, queries, sentences
from rewards.models import Issuance, IssuanceRule, Voucher
from rewards.operations import IssuedMonth, PaymentRefused, ReferenceReused
from tests.factories.rewards import SPRING, BurnRuleFactory, IssuanceRuleFactory, give_points

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
FIRST_OF_MAY, FIRST_OF_JUNE = datetime(2025, 5, 1, tzinfo=PARIS), datetime(2025, 6, 1, tzinfo=PARIS)
CASHBACK = {"currency": "cashback"}


@pytest.fixture
def payout(program):
    """All of it, from ten euros on."""
    return IssuanceRuleFactory(program=program, points=1, value=1, minimum=1000, **CASHBACK)


@pytest.fixture
def till(program):
    return BurnRuleFactory(program=program, points=1, value=1, name="Cash-back at the till", **CASHBACK)


def issue(program, at=FIRST_OF_MAY):
    return operations.issue_month(program=program, at=at, first_member=0, last_member=10**9)


def held(program, member, at=FIRST_OF_MAY, currency="cashback"):
    return ledger.balance(program=program, member_id=member.pk, at=at, currency=currency).available


def pay(program, member, amount, external_id="s1", **options):
    names = {"program": program, "source": "till", "external_id": external_id, "at": SPRING}
    return operations.pay_with_points(member_id=member.pk, amount=amount, **names, **CASHBACK, **options)


def test_who_has_reached_the_minimum_is_paid_all_of_it(program, ana, bruno, payout):
    give_points(program, ana, 1234, **CASHBACK)
    give_points(program, bruno, 999, **CASHBACK)
    assert issue(program) == IssuedMonth(vouchers=1, points=0, value=1234)
    voucher = Voucher.objects.get()
    assert (voucher.member, voucher.value) == (ana, 1234)
    assert (held(program, ana), held(program, bruno)) == (0, 999)
    assert not audit_ledger().drift


def test_what_waits_is_paid_in_the_month_in_which_it_suffices(program, bruno, payout):
    give_points(program, bruno, 999, **CASHBACK)
    issue(program)
    give_points(program, bruno, 1, at=datetime(2025, 5, 9, tzinfo=UTC), **CASHBACK)
    assert issue(program, FIRST_OF_JUNE).value == 1000


def test_the_minimum_counts_several_purchases_together(program, ana, payout):
    for amount in (400, 400, 250):
        give_points(program, ana, amount, **CASHBACK)
    assert issue(program).value == 1050


def test_points_and_cash_back_are_paid_out_side_by_side_once_each(program, ana, payout):
    IssuanceRuleFactory(program=program)
    give_points(program, ana, 350)
    give_points(program, ana, 1500, **CASHBACK)
    assert issue(program) == IssuedMonth(vouchers=2, points=300, value=3000)
    assert issue(program) == IssuedMonth()
    assert set(Issuance.objects.values_list("currency", "value")) == {("points", 1500), ("cashback", 1500)}
    assert (held(program, ana), held(program, ana, currency="points")) == (0, 50)
    assert [month.points for month in queries.issuance_totals(program=program)] == [300]


def test_a_minimum_of_points_works_the_same(program, ana):
    IssuanceRuleFactory(program=program, minimum=500)
    give_points(program, ana, 450)
    assert issue(program) == IssuedMonth()
    give_points(program, ana, 100, at=datetime(2025, 5, 9, tzinfo=UTC))
    assert issue(program, FIRST_OF_JUNE) == IssuedMonth(1, 500, 2500)


def test_a_program_has_one_issuance_of_each_currency(program, payout):
    IssuanceRuleFactory(program=program)
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuanceRuleFactory(program=program, **CASHBACK)
    again = operations.set_issuance_rule(program=program, points=1, value=1, minimum=500, at=SPRING, **CASHBACK)
    assert (again.pk, again.minimum) == (payout.pk, 500)


def test_cash_back_pays_at_the_till_to_the_cent(program, ana, till):
    give_points(program, ana, 735, **CASHBACK)
    payment = pay(program, ana, 2000)
    assert (payment.points, payment.value) == (735, 735)
    assert payment.redemption.currency == "cashback"
    assert held(program, ana) == 0
    assert pay(program, ana, 2000).replayed


def test_points_do_not_pay_by_the_rule_of_cash_back_nor_cash_back_by_that_of_points(program, ana, till):
    give_points(program, ana, 1000)
    with pytest.raises(PaymentRefused):
        pay(program, ana, 2000)
    with pytest.raises(PaymentRefused):
        operations.pay_with_points(
            program=program, member_id=ana.pk, amount=2000, source="till", external_id="s2", at=SPRING
        )
    assert held(program, ana, currency="points") == 1000


def test_a_payment_rolled_back_gives_the_cash_back_back(program, ana, till):
    give_points(program, ana, 735, **CASHBACK)
    payment = pay(program, ana, 2000)
    operations.roll_back_redemption(redemption=payment.redemption, reason="mistake", at=SPRING)
    assert held(program, ana) == 735
    assert not audit_ledger().drift


def test_the_same_sale_cannot_be_paid_with_the_other_currency(program, ana, till):
    BurnRuleFactory(program=program)
    give_points(program, ana, 735, **CASHBACK)
    give_points(program, ana, 500)
    pay(program, ana, 2000)
    with pytest.raises(ReferenceReused):
        operations.pay_with_points(
            program=program, member_id=ana.pk, amount=2000, source="till", external_id="s1", at=SPRING
        )


def test_more_than_there_is_is_refused(program, ana, till):
    give_points(program, ana, 100, **CASHBACK)
    with pytest.raises((PaymentRefused, InsufficientPoints)):
        pay(program, ana, 2000, points=200)
    assert held(program, ana) == 100


# Words and forms


def test_the_rules_say_amounts(payout, till):
    till.minimum_points = 500
    assert sentences.issuing(payout) == "each full €0.01 of cash-back → €0.01, from €10.00 on"
    assert sentences.burning(till) == "each full €0.01 of cash-back pay €0.01, from €5.00 on"


def test_a_manager_types_the_payout_with_decimals(as_role, program):
    marketing = as_role("marketing")
    form = {"program": program.pk, "points": "0.01", "value": "0.01", "minimum": "10", "is_active": "on", **CASHBACK}
    response = marketing.post(reverse("admin:rewards_issuancerule_add"), form)
    assert response.status_code == 302, response.context["adminform"].form.errors
    rule = IssuanceRule.objects.get()
    assert (rule.points, rule.value, rule.minimum) == (1, 1, 1000)
    page = reverse("admin:rewards_issuancerule_change", args=[rule.pk])
    assert float(marketing.get(page).context["adminform"].form.initial["minimum"]) == 10
    marketing.post(page, form | {"minimum": "12.50"})
    rule.refresh_from_db()
    assert (rule.points, rule.minimum) == (1, 1250)


def test_points_of_an_issuance_are_whole(as_role, program):
    form = {"program": program.pk, "points": "0.5", "value": "1", "currency": "points"}
    response = as_role("marketing").post(reverse("admin:rewards_issuancerule_add"), form)
    assert list(response.context["adminform"].form.errors) == ["points"]


def test_staff_read_what_was_paid_out_as_money(as_role, program, ana, payout, till):
    give_points(program, ana, 1234, **CASHBACK)
    pay(program, ana, 200)
    issue(program)
    support = as_role("support")
    for name, text in (("issuance", "€10.34"), ("redemption", "€2.00")):
        page = support.get(reverse(f"admin:rewards_{name}_changelist")).content.decode()
        assert text in page
        assert "1,034" not in page
