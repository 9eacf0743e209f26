"""A partner gives no more points than it agreed to or bought: the last of them has one winner."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from loyalty.earning.operations import ActivityRefused, record_activities
from loyalty.partners.models import BudgetUse, Contract, PackDraw, PartnerLine, PrepaidPack
from loyalty.partners.operations import PartnersError, buy_pack, record_payment, save_contract
from tests.factories.members import EnrolmentFactory, MemberFactory
from tests.factories.partners import DAY, NOON, contract_of
from tests.racing import AllHaveRead, at_once

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)


@pytest.fixture
def prepaid(at_hotel):
    contract_of(at_hotel, billing="prepaid")
    return at_hotel


def pack(counter, points, reference, price=1000):
    terms = {"points": points, "price": price, "reference": reference}
    return buy_pack(program=counter.program, partner=counter.partner, at=NOON, **terms)


def left():
    return list(PrepaidPack.objects.order_by("id").values_list("left", flat=True))


def test_a_budget_trims_and_the_decision_says_so(at_hotel, ana):
    contract_of(at_hotel, budget_month=150)
    granted = [at_hotel.sell(ana)[1] for _ in range(3)]
    assert [each.granted for each in granted] == [100, 50, 0]
    outcome = granted[1].outcomes[-1]
    assert (outcome["effect"], outcome["desired"], outcome["granted"]) == ("partner", 100, 50)
    assert at_hotel.lines() == [("accrual", 100, 150), ("accrual", 50, 75)]
    assert at_hotel.sell(ana, day=30)[1].granted == 100  # in April


def test_or_refuses_and_a_refund_makes_room_in_the_month_of_its_purchase(at_hotel, program, ana):
    contract_of(at_hotel, budget_month=150, budget_total=220, over_budget="refuse")
    sale, _recorded = at_hotel.sell(ana)
    with pytest.raises(ActivityRefused) as refused:
        at_hotel.sell(ana, 60)
    assert refused.value.code == "partner_budget_spent"
    at_hotel.give_back(ana, sale, 50, day=40)
    assert at_hotel.sell(ana, 100)[1].granted == 100
    batch = [at_hotel.activity(ana, 50, day=45), at_hotel.activity(ana, 50, day=45)]
    answers = record_activities(program=program, source=at_hotel.source, activities=batch, at=NOON + 45 * DAY)
    assert [getattr(each, "granted", None) for each in answers] == [50, None]  # 200 of 220 in all


def test_a_budget_that_comes_later_counts_what_was_before(at_hotel, ana):
    sale, _recorded = at_hotel.sell(ana)
    at_hotel.give_back(ana, sale, 30, day=40)
    contract = Contract.objects.get()
    contract.budget_month = 100
    save_contract(contract, at=NOON)
    assert list(BudgetUse.objects.values_list("month", "points")) == [(MARCH, 70)]
    assert at_hotel.sell(ana)[1].granted == 30


def test_packs_are_drawn_in_the_order_in_which_they_were_bought(prepaid, ana):
    pack(prepaid, 150, "P1")
    pack(prepaid, 100, "P2", price=900)
    assert pack(prepaid, 150, "P1").reference == "P1"  # a retry
    sale, _recorded = prepaid.sell(ana, 180)
    assert left() == [0, 70]
    prepaid.give_back(ana, sale, 40)
    assert left() == [10, 100]  # the last drawn come back first
    prepaid.give_back(ana, sale)
    assert left() == [150, 100]
    assert [prepaid.sell(ana, 200, day=2)[1].granted for _ in range(2)] == [200, 50]
    # Nothing but the packs is to be paid; each pack holds what was bought less what was drawn.
    assert prepaid.balance() == 1900
    assert sum(points for (points,) in prepaid.lines("prepaid_points")) == sum(left()) == 0
    drawn = PackDraw.objects.order_by("pack").values_list("pack").annotate(Sum("points"))
    assert [points for _pack, points in drawn] == [150, 100]


def test_a_reference_stands_for_one_pack_and_one_payment(prepaid, program):
    pack(prepaid, 100, "P1")
    with pytest.raises(PartnersError):
        pack(prepaid, 200, "P1")
    paid = {"program": program, "partner": prepaid.partner, "reference": "T1", "occurred_at": NOON, "at": NOON}
    assert record_payment(amount=500, **paid) == record_payment(amount=500, **paid)
    with pytest.raises(PartnersError):
        record_payment(amount=501, **paid)
    assert prepaid.lines() == [("pack", 0, 1000), ("payment", 0, -500)]


def test_the_database_keeps_packs_within_what_was_bought(prepaid):
    bought = pack(prepaid, 100, "P1")
    for wrong in (-1, 101):
        with pytest.raises(IntegrityError), transaction.atomic():
            PrepaidPack.objects.filter(pk=bought.pk).update(left=wrong)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", ["budget", "pack"])
def test_the_last_points_have_one_winner(at_hotel, program, limit):
    members = [EnrolmentFactory(member=MemberFactory(), program=program).member for _ in range(6)]
    if limit == "budget":
        contract_of(at_hotel, budget_total=100, over_budget="refuse")
    else:
        contract_of(at_hotel, billing="prepaid", over_budget="refuse")
        pack(at_hotel, 100, "P1")
    results = at_once(lambda member: at_hotel.sell(member)[1].granted, members, threads=6)
    assert sorted(str(getattr(each, "code", each)) for each in results) == ["100", *["partner_budget_spent"] * 5]
    assert PartnerLine.objects.filter(kind="accrual").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_all_would_have_seen_room(at_hotel, program):
    """The control: six who read first and write then."""
    contract, read = contract_of(at_hotel, budget_total=100), AllHaveRead(6)

    def take(_number):
        with transaction.atomic():
            used = BudgetUse.objects.filter(contract=contract).aggregate(points=Sum("points", default=0))["points"]
            read.wait()
            return contract.budget_total - used

    assert at_once(take, range(6), threads=6) == [100] * 6
