"""The main job on a real log: 69,659 purchases of 23,570 customers of an online music shop, 1997-01 to 1998-06.

The commands are run as a retailer runs them and asked for what they print. The expected figures were computed with
other tools from the log; the rewards are compared with a simulation that knows nothing of the product.
"""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from loyalty.programs.models import Program
from rewards.queries import issuance_totals
from tests.analytics.purchase_logs import published
from tests.factories.programs import ProgramFactory
from tests.journeys.simulated_issuance import simulate

MONTHS = [date(1997, month, 1) for month in range(2, 13)] + [date(1998, month, 1) for month in range(1, 7)]


def ask(*arguments):
    """What a command prints as JSON."""
    out = StringIO()
    call_command(*arguments, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def log():
    return published("cdnow_purchases.csv")


@pytest.fixture(scope="module")
def sample():
    return published("cdnow_sample_purchases.csv")


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker):
    """One database for the whole story; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def story(database, log):
    """The import, the import again, seventeen months of jobs; what was printed on the way."""
    call_command("load_program", "yes2you", stdout=StringIO())
    command = ["import_activities", str(log), "--program", "yes2you", "--enrol"]
    printed = {"first import": ask(*command), "second import": ask(*command)}
    for month in MONTHS:
        call_command(
            "run_jobs", "--as-of", month.isoformat(), "--program", "yes2you", stdout=StringIO(), stderr=StringIO()
        )
    totals = issuance_totals(program=Program.objects.get(code="yes2you"))
    printed["issued"] = {total.month: total.value for total in totals}
    printed["audit"] = ask("audit_ledger")
    printed["summary"] = ask("report", "summary", "--program", "yes2you")
    for every in ("month", "quarter"):
        dates = ["--from", "1997-01-01", "--to", "1998-07-01", "--every", every]
        printed[every] = ask("report", "retention", "--program", "yes2you", *dates)["periods"]
    return printed


@pytest.fixture(scope="module")
def simulated(log):
    return simulate(log, MONTHS)


def counts(report):
    return {name: report[name] for name in ("rows", "imported", "duplicates", "errors")}


def test_every_row_goes_in(story):
    assert counts(story["first import"]) == {"rows": 69659, "imported": 69659, "duplicates": 0, "errors": 0}


def test_the_second_import_changes_nothing(story):
    assert counts(story["second import"]) == {"rows": 69659, "imported": 0, "duplicates": 69659, "errors": 0}
    assert story["summary"]["activities"] == 69659
    assert story["summary"]["members"] == 23570


def test_the_ledger_does_not_drift(story):
    assert story["audit"]["drift"] == []
    assert story["audit"]["accounts"] > 0


def test_the_rewards_of_each_month_are_those_of_the_simulation(story, simulated):
    assert story["issued"] == {month: rewards * 500 for month, rewards in simulated.rewards.items()}


def test_every_point_is_accounted_for_as_in_the_simulation(story, simulated):
    assert story["summary"]["points"] == {
        "earned": simulated.earned,
        "redeemed": sum(simulated.rewards.values()) * 100,
        "expired": simulated.expired,
        "outstanding": simulated.outstanding,
    }


def test_active_customers_by_quarter(story):
    assert [period["at_end"] for period in story["quarter"]] == [23570, 5376, 4263, 4221, 3817, 3317]


def test_buyers_who_bought_again_in_the_quarter_after(story):
    rates = [period["return_rate"] for period in story["quarter"]]
    assert rates[0] is None
    assert [round(rate, 3) for rate in rates[1:]] == [22.809, 42.578, 48.393, 46.292, 46.110]


def test_retention_of_the_last_quarter_of_1997_on_activity_windows(story):
    assert round(story["quarter"][3]["retention_rate"], 1) == 99.0


def test_newcomers_by_month(story):
    assert [period["new"] for period in story["month"]] == [7846, 8476, 7248] + [0] * 15


def test_how_many_newcomers_of_january_came_back_in_february(story):
    # Everybody who bought in January, the log's first month, was new.
    assert story["month"][1]["returned"] == 1157


def test_repeat_rate_average_order_and_revenue(story):
    summary = story["summary"]
    assert round(summary["repeat_rate"], 4) == 48.8587
    assert round(float(summary["average_order"]), 2) == 36.99
    assert round(float(summary["revenue_per_member"]), 2) == 106.08


@pytest.fixture(scope="module")
def value(database, sample):
    ProgramFactory(code="sample", money_currency="USD", time_zone="UTC")
    imported = ask("import_activities", str(sample), "--program", "sample", "--enrol", "--source", "cdnow-sample")
    assert counts(imported) == {"rows": 6919, "imported": 6919, "duplicates": 0, "errors": 0}
    return ask("report", "clv", "--program", "sample", "--calibrate-to", "1997-09-30", "--horizon-weeks", "39")


def test_the_purchase_model_on_the_published_sample(value):
    fitted = value["bgnbd"]
    assert {name: round(fitted[name], 4) for name in ("r", "alpha", "a", "b")} == {
        "r": 0.2426,
        "alpha": 4.4135,
        "a": 0.7929,
        "b": 2.4258,
    }
    assert round(fitted["log_likelihood"], 4) == -9582.4256
    assert value["members"] == 2357


def test_the_spend_model_on_the_published_sample(value):
    fitted = value["gamma_gamma"]
    assert {name: round(fitted[name], 3) for name in ("p", "q", "gamma")} == {"p": 6.249, "q": 3.745, "gamma": 15.447}
    assert round(fitted["log_likelihood"], 2) == -4055.92
    assert value["repeat_members"] == 946
