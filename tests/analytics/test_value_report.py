"""`report clv`: both fits, what they expect and what then happened."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics import facts
from tests.analytics.purchase_logs import bought, buyers, shoppers

pytestmark = pytest.mark.django_db


def report(program, last_day, weeks=10):
    out = StringIO()
    options = ["--program", program.code, "--calibrate-to", str(last_day), "--horizon-weeks", str(weeks), "--json"]
    call_command("report", "clv", *options, stdout=out)
    return json.loads(out.getvalue())


def test_the_contract(program):
    found = report(program, shoppers(program))
    assert set(found) == {
        "bgnbd", "gamma_gamma", "members", "repeat_members", "expected_purchases", "holdout_actual", "refused",
    }  # fmt: skip
    assert set(found["bgnbd"]) == {"r", "alpha", "a", "b", "log_likelihood"}
    assert set(found["gamma_gamma"]) == {"p", "q", "gamma", "log_likelihood"}
    assert found["members"] == 200
    assert 30 <= found["repeat_members"] < 200
    assert found["expected_purchases"] > 0
    assert found["refused"] is None


@pytest.mark.parametrize("repeaters", [0, 5])
def test_too_few_data_are_refused_with_the_reason_and_exit_code_0(program, repeaters):
    members = buyers(program, 40)
    for member in members:
        bought(program, member, "2024-01-05")
    for member in members[:repeaters]:
        bought(program, member, "2024-02-05")
    found = report(program, "2024-03-01", 1)
    assert (found["bgnbd"], found["gamma_gamma"], found["expected_purchases"]) == (None, None, None)
    assert (found["members"], found["repeat_members"]) == (40, repeaters)
    assert found["refused"]


def test_free_purchases_leave_the_frequency_model_and_refuse_the_spend(program):
    for number, member in enumerate(buyers(program, 60)):
        bought(program, member, "2024-01-05", *["2024-02-05", "2024-03-07"][: number % 3], amount=0)
    found = report(program, "2024-06-01")
    assert found["bgnbd"]
    assert found["gamma_gamma"] is None
    assert found["refused"]


def test_purchases_of_one_day_are_one_and_days_are_the_programs(program):
    """23:30 in Paris and 00:30 the next day are two days there, though both are on the same day in UTC."""
    one, two = buyers(program, 2)
    bought(program, one, "2024-01-05T08:00", "2024-01-05T18:00", "2024-02-05T22:30", amount=500)
    bought(program, two, "2024-01-05T22:30", "2024-01-05T23:30", amount=300)
    found = facts.purchase_histories(program, date(2024, 3, 1))
    shown = [(days, str(first), str(last), repeat, total) for _, days, first, last, repeat, total in found]
    assert shown == [(2, "2024-01-05", "2024-02-05", 500, 1500), (2, "2024-01-05", "2024-01-06", 300, 600)]


def test_the_last_day_of_the_calibration_is_part_of_it(program):
    a, b = buyers(program, 2)
    bought(program, a, "2024-03-01T22:59:59")
    bought(program, b, "2024-03-01T23:00:00")
    assert report(program, "2024-03-01")["members"] == 1


def test_the_holdout_counts_purchase_days_of_members_known_by_then(program):
    known, later = buyers(program, 2)
    bought(program, known, "2024-01-05", "2024-03-01T12:00", "2024-03-02T09:00", "2024-03-02T12:00", "2024-03-15T12:00")
    bought(program, later, "2024-03-10", "2024-03-20")
    assert report(program, "2024-03-01", 2)["holdout_actual"] == 2


def test_the_holdout_is_null_while_it_lasts(program):
    [member] = buyers(program, 1)
    bought(program, member, "2024-01-05", "2024-03-14T12:00")
    assert report(program, "2024-03-01", 2)["holdout_actual"] is None
    bought(program, member, "2024-03-15T12:00")
    assert report(program, "2024-03-01", 2)["holdout_actual"] == 2


def test_a_program_where_nobody_bought(program):
    found = report(program, "2024-03-01")
    assert (found["members"], found["holdout_actual"]) == (0, None)
    assert found["refused"]


def test_a_day_that_has_not_been_is_refused_with_exit_code_2(program):
    with pytest.raises(CommandError) as error:
        report(program, date.today() + timedelta(days=3))  # noqa: DTZ011
    assert error.value.returncode == 2


@pytest.mark.parametrize("weeks", ["0", "-3", "1.5", "many", "99999"])
def test_a_horizon_that_is_none_is_refused(program, weeks):
    with pytest.raises(CommandError):
        report(program, "2024-03-01", weeks)


def test_the_number_of_statements_does_not_grow(program, django_assert_num_queries):
    last_day = shoppers(program, 60)
    with django_assert_num_queries(4):
        report(program, last_day)
    last_day = shoppers(program, 120, seed=2)
    with django_assert_num_queries(4):
        report(program, last_day)
