"""A month becomes one statement: both sides come to the same sum, and what comes later falls into the next one."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.backoffice.nightly import run_night
from loyalty.partners.models import PartnerLine, Statement
from loyalty.partners.operations import PartnersError, buy_pack, record_payment, settle
from rewards.operations import roll_back_redemption
from tests.factories.partners import DAY, NOON, contract_of
from tests.racing import AllHaveRead, at_once

pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
FIRST_OF_APRIL, FIRST_OF_MAY = datetime(2026, 3, 31, 22, tzinfo=UTC), datetime(2026, 4, 30, 22, tzinfo=UTC)


def state(counter, month=MARCH, at=FIRST_OF_MAY):
    return settle(program=counter.program, partner=counter.partner, month=month, at=at)


def test_a_month_is_stated_once_with_who_owes_whom(at_hotel, ana):
    at_hotel.sell(ana, 1000)
    at_hotel.take_points(ana, 200)
    march = state(at_hotel, at=FIRST_OF_APRIL)
    assert (march.opening, march.total, march.closing, march.count) == (0, 1500 - 160, 1340, 2)
    assert march.totals["redemption"] == {"count": 1, "points": -200, "amount": -160, "prepaid_points": 0}
    assert state(at_hotel, month=date(2026, 3, 17)) == march
    assert Statement.objects.count() == 1


def test_what_comes_late_or_corrects_falls_into_the_next_month(at_hotel, ana):
    sale, _recorded = at_hotel.sell(ana, 1000)
    march = state(at_hotel, at=FIRST_OF_APRIL)
    at_hotel.record(at_hotel.activity(ana, 100, day=28), at=NOON + 40 * DAY)  # of March, told in April
    at_hotel.give_back(ana, sale, 500, day=35)
    terms = {"program": at_hotel.program, "partner": at_hotel.partner, "at": NOON}
    record_payment(**terms, amount=1500, reference="T", occurred_at=NOON + 40 * DAY)
    april = state(at_hotel, APRIL)
    march.refresh_from_db()
    assert (march.closing, march.lines.count()) == (1500, 1)
    assert (april.opening, april.total, april.closing) == (1500, 150 - 750 - 1500, -600)
    assert [line.undoes.reference for line in april.lines.filter(kind="refund")] == [sale.external_id]


def test_prepaid_points_are_carried_over(at_hotel, ana):
    contract_of(at_hotel, billing="prepaid")
    terms = {"program": at_hotel.program, "partner": at_hotel.partner, "at": NOON}
    buy_pack(**terms, points=500, price=700, reference="P")
    at_hotel.sell(ana, 100)
    march = state(at_hotel)
    at_hotel.sell(ana, 150, day=40)
    april = state(at_hotel, APRIL)
    assert (march.total, march.prepaid_closing) == (700, 400)
    assert (april.total, april.prepaid_opening, april.prepaid_change, april.prepaid_closing) == (0, 400, -150, 250)


def test_a_month_that_is_not_over_or_before_the_last_one_is_refused(at_hotel):
    codes = []
    for month, at in ((APRIL, FIRST_OF_APRIL), (MARCH, FIRST_OF_MAY)):
        with pytest.raises(PartnersError) as refused:
            settle(program=at_hotel.program, partner=at_hotel.partner, month=month, at=at)
        codes.append(refused.value.code)
        state(at_hotel, APRIL)
    assert codes == ["month_not_over", "later_month_issued"]


def test_the_night_of_the_first_states_what_there_is(at_hotel, at_airline, ana):
    at_hotel.sell(ana, 100)
    contract_of(at_airline, valid_until=date(2026, 2, 1))
    for _twice in range(2):
        run_night(program=at_hotel.program, as_of=APRIL, at=FIRST_OF_APRIL + DAY, only="partner_statements")
    assert list(Statement.objects.values_list("partner", "month", "total")) == [(at_hotel.partner.pk, MARCH, 150)]


def test_the_database_keeps_statements(at_hotel):
    march = state(at_hotel)
    for change in ({"closing": 5}, {"total": 5}, {"totals": {}}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Statement.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        march.delete()
    sums = {"opening": 1, "total": 1, "closing": 2, "count": 0, "issued_at": NOON, "currency": "EUR"}
    common = {"partner": march.partner, "program": march.program}
    for wrong in ({"month": MARCH}, {"month": APRIL, "closing": 3}, {"month": APRIL, "prepaid_closing": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Statement.objects.create(**common, **(sums | wrong))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=st.decimals(0, 3, places=3),
    rounding=st.sampled_from(["floor", "round", "half_even", "ceil"]),
    steps=st.lists(
        st.tuples(st.sampled_from(["sell", "refund", "spend", "undo"]), st.integers(1, 400)), min_size=1, max_size=8
    ),
)
def test_both_sides_come_to_the_same_points_and_the_same_sum(at_hotel, ana, rate, rounding, steps):
    """The partner keeps its own books from the answers alone: the net points of each sale, the points it took."""
    with transaction.atomic():
        contract = contract_of(at_hotel, accrual_rate=rate, redemption_rate=rate, rounding=rounding)
        sales, taken, payments = {}, [], []
        for step, number in steps:
            if step == "sell":
                sale, recorded = at_hotel.sell(ana, number)
                sales[sale.external_id] = [sale, number, recorded.granted]
            elif step == "refund" and (left := [row for row in sales.values() if row[1]]):
                row = left[number % len(left)]
                euros = min(number, row[1])
                row[1] -= euros
                row[2] += at_hotel.give_back(ana, row[0], euros).granted
            elif step == "spend" and sum(row[2] for row in sales.values()) - sum(taken) >= 100:
                payments.append(at_hotel.take_points(ana, 100))
                taken.append(100)
            elif step == "undo" and payments:
                roll_back_redemption(redemption=payments.pop().redemption, reason="x", at=NOON + 3 * DAY)
                taken.pop()
        theirs = sum(worth_to_them(row[2], contract) for row in sales.values())
        theirs -= sum(worth_to_them(points, contract) for points in taken)
        march = state(at_hotel)
        lines = PartnerLine.objects.filter(statement=march).aggregate(amount=Sum("amount"), points=Sum("points"))
        assert march.total == march.closing == (lines["amount"] or 0) == theirs
        assert (lines["points"] or 0) == sum(row[2] for row in sales.values()) - sum(taken)
        transaction.set_rollback(True)


def worth_to_them(points, contract):
    """In whole thousandths, as somebody else would have written it."""
    contract.refresh_from_db()
    thousandths = points * int(contract.accrual_rate * 1000)
    whole, rest = divmod(thousandths, 1000)
    up = {
        "floor": False,
        "ceil": rest > 0,
        "round": rest >= 500,
        "half_even": rest > 500 or (rest == 500 and whole % 2 == 1),
    }
    return whole + up[contract.rounding]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_settle_at_once_issue_one_statement_and_no_line_is_lost(at_hotel, ana):
    for _sale in range(3):
        at_hotel.sell(ana)
    late = [at_hotel.activity(ana, day=1) for _ in range(4)]
    work = [
        lambda: state(at_hotel),
        *(lambda sale=sale: at_hotel.record(sale) for sale in late),
        lambda: state(at_hotel),
    ]
    results = at_once(lambda each: each(), work, threads=6)
    assert not [each for each in results if isinstance(each, Exception)]
    march, april = Statement.objects.get(), state(at_hotel, APRIL)
    assert results[0] == results[-1] == march
    assert march.total == march.lines.aggregate(Sum("amount"))["amount__sum"]
    assert march.total + april.total == 7 * 150 == april.closing


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_have_issued_one(at_hotel):
    """The control: two who look first and write then."""
    read = AllHaveRead(2)

    def look(_number):
        with transaction.atomic():
            known = Statement.objects.filter(partner=at_hotel.partner, month=MARCH).exists()
            read.wait()
            return known

    assert at_once(look, range(2), threads=2) == [False, False]
