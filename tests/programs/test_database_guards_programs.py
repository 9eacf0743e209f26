"""What the database itself refuses about programs and stores, whoever writes."""

from datetime import date

import pytest
from django.db import IntegrityError

from loyalty.programs.models import Program
from tests.factories.programs import ProgramFactory, StoreFactory

ANNOUNCED, EARNING, REDEMPTION, FINAL = (
    "closing_announced_date",
    "last_earning_date",
    "last_redemption_date",
    "final_expiry_date",
)
DAYS = {
    ANNOUNCED: date(2026, 1, 1),
    EARNING: date(2026, 2, 1),
    REDEMPTION: date(2026, 3, 1),
    FINAL: date(2026, 4, 1),
}


@pytest.mark.parametrize("expiry", ["rolling", "inactivity"])
@pytest.mark.parametrize("months", [None, 0])
def test_the_database_refuses_an_expiry_without_months(db, expiry, months):
    with pytest.raises(IntegrityError, match="program_expiry_has_its_months"):
        ProgramFactory(expiry=expiry, expiry_months=months)


@pytest.mark.parametrize("missing", DAYS)
def test_the_database_refuses_a_closing_that_lacks_a_day(program, missing):
    with pytest.raises(IntegrityError, match="program_closing_days_follow_each_other"):
        Program.objects.filter(pk=program.pk).update(**DAYS | {missing: None})


@pytest.mark.parametrize("early, late", [(ANNOUNCED, EARNING), (EARNING, REDEMPTION), (REDEMPTION, FINAL)])
def test_the_database_refuses_closing_days_in_another_order(program, early, late):
    with pytest.raises(IntegrityError, match="program_closing_days_follow_each_other"):
        Program.objects.filter(pk=program.pk).update(**DAYS | {early: DAYS[late], late: DAYS[early]})


def test_the_database_takes_closing_days_that_all_fall_on_one_day(program):
    Program.objects.filter(pk=program.pk).update(**dict.fromkeys(DAYS, date(2026, 1, 1)))
    program.refresh_from_db()
    assert program.final_expiry_date == date(2026, 1, 1)


def test_the_database_refuses_two_stores_with_one_code_in_a_program(store):
    with pytest.raises(IntegrityError):
        StoreFactory(program=store.program, code=store.code)


def test_two_programs_may_each_have_a_store_with_one_code(store):
    assert StoreFactory(code=store.code).program != store.program
