"""Whatever is earned or spent at a partner leaves a line in the same transaction, by the rate of its day."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from loyalty.earning.operations import ActivityRefused, calculate, record_activities
from loyalty.ledger import queries as ledger
from loyalty.partners import queries
from loyalty.partners.models import PartnerLine
from loyalty.partners.operations import PartnerRefused
from rewards import operations as rewards
from tests.factories.merging import merge
from tests.factories.partners import DAY, NOON, ContractFactory, Counter, PartnerFactory, contract_of
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db


def refusal(call):
    with pytest.raises((ActivityRefused, PartnerRefused)) as refused:
        call()
    return refused.value.code


def test_points_earned_there_are_charged_and_a_retry_is_not(at_hotel, ana):
    sale, recorded = at_hotel.sell(ana, 101)
    at_hotel.record(sale, at=NOON + DAY)
    [line] = PartnerLine.objects.all()
    assert (line.kind, line.points, line.rate, line.amount) == ("accrual", 101, 1.5, 152)
    assert (line.reference, line.cause) == (sale.external_id, f"activity:{recorded.activity_id}")
    assert queries.member_of(partner=at_hotel.partner, public_id=line.public_id) == ana


def test_what_is_earned_at_one_is_spent_at_another(at_hotel, at_airline, ana):
    at_airline.sell(ana, 600)
    at_hotel.take_points(ana, 500)
    assert at_airline.lines() == [("accrual", 600, 1200)]
    assert at_hotel.lines() == [("redemption", -500, -400)]


def test_a_sale_that_points_pay_in_part_leaves_both_lines(at_hotel, ana):
    at_hotel.sell(ana, 1000)
    sale, _recorded = at_hotel.sell(ana, 100, day=1, redeem_points=500)
    assert at_hotel.lines("kind", "points", "amount", "reference")[1:] == [
        ("redemption", -500, -400, sale.external_id),
        ("accrual", 95, 142, sale.external_id),
    ]
    at_hotel.give_back(ana, sale, day=2)
    assert [line[:3] for line in at_hotel.lines()[3:]] == [("rollback", 500, 400), ("refund", -95, -142)]


def test_refunds_go_by_the_rate_of_what_they_take_back_and_end_at_nothing(at_hotel, hotel, program, ana):
    sale, _recorded = at_hotel.sell(ana, 101)
    contract_of(at_hotel, valid_until=date(2026, 3, 3))
    ContractFactory(partner=hotel, program=program, valid_from=date(2026, 3, 3), accrual_rate=9)
    for euros in (33, 33, None):
        at_hotel.give_back(ana, sale, euros)
    assert [points for kind, points, _amount in at_hotel.lines() if kind == "refund"] == [-33, -33, -35]
    assert at_hotel.balance() == 0
    at_hotel.sell(ana, 10, day=1)
    assert at_hotel.lines()[-1] == ("accrual", 10, 90)


def test_refunds_of_one_batch_end_at_nothing_too(at_hotel, program, ana):
    sale = at_hotel.activity(ana, 101)
    refunds = [at_hotel.activity(ana, 50.5, day=1, kind="refund", refunds=sale.external_id) for _ in range(2)]
    record_activities(program=program, source=at_hotel.source, activities=[sale, *refunds], at=NOON + DAY)
    assert [kind for kind, *_rest in at_hotel.lines()] == ["accrual", "refund", "refund"]
    assert at_hotel.balance() == 0


def test_a_reward_redeemed_there_is_paid_until_it_is_rolled_back(at_hotel, program, ana):
    at_hotel.sell(ana, 300)
    redeemed = rewards.redeem_reward(
        program=program,
        member_id=ana.pk,
        reward=RewardFactory(program=program, points_price=250),
        source=at_hotel.source,
        external_id="stay-1",
        at=NOON + DAY,
    )
    for _twice in range(2):
        rewards.roll_back_redemption(redemption=redeemed.redemption, reason="cancelled", at=NOON + 2 * DAY)
    assert at_hotel.lines()[1:] == [("redemption", -250, -200), ("rollback", 250, 200)]


def test_what_no_contract_covers_is_refused_and_leaves_nothing(at_hotel, hotel, program, ana):
    at_hotel.sell(ana, 300, day=1)
    assert refusal(lambda: at_hotel.sell(ana, day=-100)) == "partner_without_contract"
    contract_of(at_hotel, kinds=["visit"], can_redeem=False)
    assert refusal(lambda: at_hotel.sell(ana)) == "partner_kind"
    assert refusal(lambda: at_hotel.take_points(ana, 100)) == "partner_takes_no_points"
    hotel.is_active = False
    hotel.save()
    assert refusal(lambda: at_hotel.sell(ana, kind="visit")) == "partner_inactive"
    assert refusal(lambda: at_hotel.take_points(ana, 100)) == "partner_inactive"
    assert at_hotel.lines() == [("accrual", 300, 450)]
    assert ledger.balance(program=program, member_id=ana.pk, at=NOON + 9 * DAY).available == 300


def test_but_goods_always_come_back(at_hotel, ana):
    sale, _recorded = at_hotel.sell(ana)
    contract_of(at_hotel, valid_until=date(2026, 3, 3))
    at_hotel.give_back(ana, sale, day=5)
    assert at_hotel.balance() == 0


def test_a_partner_with_whom_nothing_was_agreed_settles_nothing(at_hotel, program, ana):
    other = Counter(PartnerFactory(), program)
    other.sell(ana)
    assert other.lines() == []


def test_a_calculation_and_a_load_of_the_past_leave_no_line(at_hotel, program, ana):
    common = {"program": program, "source": at_hotel.source, "at": NOON}
    assert calculate(**common, activity=at_hotel.activity(ana)).granted == 100
    record_activities(**common, activities=[at_hotel.activity(ana, day=-300)], history=True)
    assert at_hotel.lines() == []


def test_a_merged_member_is_still_refunded(at_hotel, ana, double):
    sale, _recorded = at_hotel.sell(double)
    merge(ana, double, at=NOON)
    at_hotel.give_back(ana, sale)
    assert at_hotel.balance() == 0


def test_the_database_keeps_lines_as_they_were_written(at_hotel, ana):
    at_hotel.sell(ana)
    line = PartnerLine.objects.get()
    for change in ({"amount": 1}, {"points": 1}, {"rate": 2}, {"reference": "other"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PartnerLine.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        PartnerLine.objects.all().delete()
    common = {"partner": line.partner, "program": line.program, "occurred_at": NOON, "recorded_at": NOON}
    about = {"contract": line.contract, "member": ana, "public_id": line.public_id, "rate": 1, "cause": "x"}
    wrong = [
        {**about, "kind": "accrual", "points": 1, "cause": line.cause},  # a cause counts once
        {**about, "kind": "accrual", "points": -1},
        {**about, "kind": "redemption", "points": -1, "amount": 1},
        {**about, "kind": "refund", "points": -1},  # of what?
        {**about, "kind": "accrual", "points": 1, "member": None},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            PartnerLine.objects.create(**common, **values)
