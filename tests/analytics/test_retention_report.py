"""`report retention`: who was active, who was new and who came back, period by period."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics import facts, queries
from analytics.local_days import is_postgresql
from loyalty.lib.periods import Every
from tests.analytics.purchase_logs import bought, buyers
from tests.factories.merging import merge, undo
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db


def facts_day(text):
    """A day as the database of the test answers it."""
    return date.fromisoformat(text) if is_postgresql() else text


def report(program, start, end, every="month"):
    out = StringIO()
    options = ["--program", program.code, "--from", start, "--to", end, "--every", every, "--json"]
    call_command("report", "retention", *options, stdout=out)
    return json.loads(out.getvalue())["periods"]


def test_the_contract_of_one_period(program):
    stays, leaves, newcomer = buyers(program, 3)
    bought(program, stays, "2024-01-05", "2024-02-05")
    bought(program, leaves, "2024-01-20")
    bought(program, newcomer, "2024-02-10", "2024-02-11")
    assert report(program, "2024-02-01", "2024-03-01") == [
        {
            "start": "2024-02-01",
            "end": "2024-03-01",
            "at_start": 2,
            "at_end": 2,
            "new": 1,
            "retention_rate": 50.0,
            "returned": 1,
            "return_rate": 50.0,
        }
    ]


def test_rates_without_a_base_are_null(program):
    [period] = report(program, "2024-02-01", "2024-03-01")
    assert (period["at_start"], period["retention_rate"], period["return_rate"]) == (0, None, None)


def test_somebody_who_bought_long_before_the_report_is_not_new(program):
    [old] = buyers(program, 1)
    bought(program, old, "2021-06-01", "2024-02-05")
    [period] = report(program, "2024-02-01", "2024-03-01")
    assert (period["at_start"], period["at_end"], period["new"], period["returned"]) == (0, 1, 0, 0)


def test_two_members_who_are_one_person_count_once(program):
    first, second = buyers(program, 2)
    bought(program, first, "2024-01-05")
    bought(program, second, "2024-01-20", "2024-02-05")
    merged = merge(first, second)
    [period] = report(program, "2024-02-01", "2024-03-01")
    assert (period["at_start"], period["at_end"], period["new"], period["returned"]) == (1, 1, 0, 1)
    [history] = facts.purchase_histories(program, date(2024, 3, 1))
    assert history[:4] == (first.pk, 3, *(facts_day(day) for day in ("2024-01-05", "2024-02-05")))
    assert (facts.enrolled_members(program), facts.purchase_totals(program)[:2]) == (1, (3, 1))
    undo(merged)
    assert len(facts.purchase_histories(program, date(2024, 3, 1))) == 2


def test_coming_back_after_a_gap_is_not_returning(program):
    [member] = buyers(program, 1)
    bought(program, member, "2024-01-05", "2024-03-05")
    _, february, march = report(program, "2024-01-01", "2024-04-01")
    assert (february["at_start"], february["returned"], february["at_end"]) == (1, 0, 0)
    assert (march["at_start"], march["at_end"], march["new"], march["returned"]) == (0, 1, 0, 0)


def test_purchases_of_nothing_count_and_refunds_undo_nothing(program):
    free, refunded = buyers(program, 2)
    bought(program, free, "2024-02-05", amount=0)
    bought(program, refunded, "2024-02-06")
    bought(program, refunded, "2024-03-06", kind="refund")
    february, march = report(program, "2024-02-01", "2024-04-01")
    assert february["at_end"] == 2
    assert march["at_end"] == 0


def test_visits_and_other_programs_do_not_make_anybody_active(program):
    [member] = buyers(program, 1)
    bought(program, member, "2024-02-05", kind="visit")
    bought(ProgramFactory(), member, "2024-02-05")
    assert report(program, "2024-02-01", "2024-03-01")[0]["at_end"] == 0


def test_periods_begin_at_midnight_of_the_programs_zone(program):
    """Paris: 31 March 2024 has no 02:30, and April begins at 22:00 of 31 March in UTC."""
    late, early = buyers(program, 2)
    bought(program, late, "2024-03-31T21:59:59.999999")
    bought(program, early, "2024-03-31T22:00:00")
    march, april = report(program, "2024-03-01", "2024-05-01")
    assert (march["at_end"], april["at_end"], april["new"]) == (1, 1, 1)


def test_quarters_and_years(program):
    a, b = buyers(program, 2)
    bought(program, a, "2023-11-05", "2024-02-05", "2024-05-05")
    bought(program, b, "2024-02-05")
    quarters = report(program, "2024-01-01", "2024-07-01", "quarter")
    assert [(q["at_start"], q["at_end"], q["new"], q["returned"]) for q in quarters] == [(1, 2, 1, 1), (2, 1, 0, 1)]
    [year] = report(program, "2024-01-01", "2025-01-01", "year")
    assert (year["start"], year["end"], year["at_start"], year["at_end"]) == ("2024-01-01", "2025-01-01", 1, 2)


@pytest.mark.parametrize(
    "start, end, every",
    [
        ("2024-02-02", "2024-03-01", "month"),
        ("2024-02-01", "2024-03-31", "month"),
        ("2024-02-01", "2024-05-01", "quarter"),
        ("2024-01-01", "2024-07-01", "year"),
        ("2024-03-01", "2024-03-01", "month"),
        ("2024-03-01", "2024-02-01", "month"),
        ("0001-01-01", "2024-01-01", "month"),
        ("2024-01-01", "9999-12-01", "month"),
    ],
)
def test_dates_that_bound_no_periods_are_refused_with_exit_code_2(program, start, end, every):
    with pytest.raises(CommandError) as error:
        report(program, start, end, every)
    assert error.value.returncode == 2


def test_an_unknown_program_is_refused_with_exit_code_2(program):
    program.code = "nowhere"
    with pytest.raises(CommandError, match="nowhere") as error:
        report(program, "2024-01-01", "2024-02-01")
    assert error.value.returncode == 2


def test_centuries_of_months_are_answered(program):
    assert len(report(program, "1900-01-01", "2200-01-01")) == 3600


def test_the_number_of_statements_does_not_grow(program, django_assert_num_queries):
    for member in buyers(program, 5):
        bought(program, member, "2024-01-05", "2024-02-05")
    with django_assert_num_queries(1):
        queries.retention(program, date(2024, 1, 1), date(2024, 2, 1), Every.MONTH)
    with django_assert_num_queries(1):
        queries.retention(program, date(2004, 1, 1), date(2024, 4, 1), Every.MONTH)


def test_people_read_lines(program):
    out = StringIO()
    options = ["--program", program.code, "--from", "2024-01-01", "--to", "2024-03-01"]
    call_command("report", "retention", *options, stdout=out)
    assert [line.split("  ")[0] for line in out.getvalue().splitlines()] == ["start=2024-01-01", "start=2024-02-01"]
