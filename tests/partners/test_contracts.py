"""Of one partner and program one contract holds on a day: the form says so, and the database."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from loyalty.partners.models import Contract
from loyalty.partners.operations import add_contract, join_partner, save_contract
from tests.factories.partners import LONG_AGO, NOON, ContractFactory
from tests.factories.programs import ProgramFactory
from tests.racing import AllHaveRead, at_once

pytestmark = pytest.mark.django_db
RATES = {"accrual_rate": Decimal(1), "redemption_rate": Decimal(1)}
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


@pytest.fixture
def of_april(hotel, program):
    return ContractFactory(partner=hotel, program=program, valid_from=APRIL, valid_until=MAY)


@pytest.mark.parametrize(
    "first, end", [(MARCH, None), (APRIL, MAY), (date(2026, 4, 30), None), (MARCH, date(2026, 4, 2))]
)
def test_two_contracts_of_one_day_are_refused(hotel, program, of_april, first, end):
    with pytest.raises(ValidationError, match="holds on some of these days"):
        add_contract(program=program, partner=hotel, valid_from=first, valid_until=end, at=NOON, **RATES)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractFactory(partner=hotel, program=program, valid_from=first, valid_until=end)


def test_nor_can_one_be_moved_into_another(hotel, program, of_april):
    of_may = ContractFactory(partner=hotel, program=program, valid_from=MAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.filter(pk=of_may.pk).update(valid_from=date(2026, 4, 30))


def test_they_may_touch_and_others_may_hold_on_the_same_days(hotel, airline, program, of_april):
    for terms in (
        {"partner": hotel, "program": program, "valid_from": MARCH, "valid_until": APRIL},
        {"partner": hotel, "program": program, "valid_from": MAY},
        {"partner": airline, "program": program, "valid_from": APRIL},
        {"partner": hotel, "program": ProgramFactory(), "valid_from": APRIL},
    ):
        add_contract(at=NOON, **RATES, **terms)
    assert Contract.objects.count() == 5


def test_the_database_refuses_nonsense(hotel, program):
    for wrong in ({"valid_until": date(2026, 1, 1)}, {"accrual_rate": -1}, {"redemption_rate": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ContractFactory(partner=hotel, program=program, **wrong)


def test_terms_that_points_were_booked_by_stay(at_hotel, ana):
    at_hotel.sell(ana)
    contract = Contract.objects.get()
    contract.accrual_rate = 3
    with pytest.raises(ValidationError, match="let another one follow"):
        save_contract(contract, at=NOON)
    contract.refresh_from_db()
    contract.valid_until = MAY
    assert save_contract(contract, at=NOON).history.count() == 2


def test_a_partner_joins_a_program_with_a_contract_and_is_made_once(program):
    first = join_partner(program=program, code="air", name="Air", valid_from=MARCH, at=LONG_AGO, **RATES)
    again = join_partner(program=ProgramFactory(), code="air", name="?", valid_from=MARCH, at=LONG_AGO, **RATES)
    assert first.partner == again.partner
    assert (first.partner.name, first.partner.currency) == ("Air", "EUR")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_who_add_the_same_contract_one_succeeds(hotel, program):
    read = AllHaveRead(4)

    def add(_number):
        with transaction.atomic():
            found = Contract.objects.filter(partner=hotel, program=program).exists()
            read.wait()  # the control: nobody sees the others'
            assert not found
            ContractFactory(partner=hotel, program=program)

    results = at_once(add, range(4), threads=4)
    assert sorted(type(each).__name__ for each in results) == ["IntegrityError"] * 3 + ["NoneType"]
