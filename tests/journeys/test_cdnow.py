"""The main job on a real log: 69,659 purchases of 23,570 customers of an online music shop, 1997-01 to 1998-06.

The commands are run as a retailer runs them and asked for what they print. The expected figures were computed with
other tools from the log; the rewards are compared with a simulation that knows nothing of the product.
"""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from loyalty.programs.models import Program
from rewards.queries import issuance_totals
from tests.analytics.purchase_logs import published
from tests.factories.programs import ProgramFactory
from tests.journeys.simulated_issuance import STEP, simulate

pytestmark = pytest.mark.django_db

MONTHS = [date(1997, month, 1) for month in range(2, 13)] + [date(1998, month, 1) for month in range(1, 7)]
REWARD = 500  # cents for each hundred points


def run(*arguments):
    """What a command prints."""
    out = StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def ask(*arguments):
    return json.loads(run(*arguments, "--json"))


def import_log(log, program, *options):
    report = ask("import_activities", log, "--program", program, "--enrol", *options)
    return {name: report[name] for name in ("rows", "imported", "duplicates", "errors")}


def retention(every):
    dates = ["--from", "1997-01-01", "--to", "1998-07-01"]
    return ask("report", "retention", "--program", "yes2you", *dates, "--every", every)["periods"]


def rounded(values, digits):
    return {name: round(value, digits) for name, value in values.items()}


@pytest.mark.long
def test_the_whole_log_from_the_file_to_the_figures():
    log = published("cdnow_purchases.csv")
    run("load_program", "yes2you")
    assert import_log(log, "yes2you") == {"rows": 69659, "imported": 69659, "duplicates": 0, "errors": 0}
    assert import_log(log, "yes2you") == {"rows": 69659, "imported": 0, "duplicates": 69659, "errors": 0}

    for month in MONTHS:
        run("run_jobs", "--as-of", month, "--program", "yes2you")
    audit = ask("audit_ledger")
    assert audit["drift"] == []
    assert audit["accounts"] > 0

    simulated = simulate(log, MONTHS)
    totals = issuance_totals(program=Program.objects.get(code="yes2you"))
    assert {total.month: total.value for total in totals} == {
        month: rewards * REWARD for month, rewards in simulated.rewards.items()
    }
    summary = ask("report", "summary", "--program", "yes2you")
    assert summary["points"] == {
        "earned": simulated.earned,
        "redeemed": sum(simulated.rewards.values()) * STEP,
        "expired": simulated.expired,
        "outstanding": simulated.outstanding,
    }
    assert (summary["members"], summary["activities"]) == (23570, 69659)
    assert round(summary["repeat_rate"], 4) == 48.8587
    assert round(float(summary["average_order"]), 2) == 36.99
    assert round(float(summary["revenue_per_member"]), 2) == 106.08

    quarters = retention("quarter")
    assert [quarter["at_end"] for quarter in quarters] == [23570, 5376, 4263, 4221, 3817, 3317]
    returned = [quarter["return_rate"] for quarter in quarters]
    assert returned[0] is None
    assert [round(rate, 3) for rate in returned[1:]] == [22.809, 42.578, 48.393, 46.292, 46.110]
    assert round(quarters[3]["retention_rate"], 1) == 99.0
    months = retention("month")
    assert [month["new"] for month in months] == [7846, 8476, 7248] + [0] * 15
    assert months[1]["returned"] == 1157  # who bought in January, the log's first month, was new


def test_the_value_of_the_published_sample():
    log = published("cdnow_sample_purchases.csv")
    ProgramFactory(code="sample", money_currency="USD", time_zone="UTC")
    assert import_log(log, "sample") == {"rows": 6919, "imported": 6919, "duplicates": 0, "errors": 0}

    value = ask("report", "clv", "--program", "sample", "--calibrate-to", "1997-09-30", "--horizon-weeks", 39)
    assert rounded(value["bgnbd"], 4) == {
        "r": 0.2426,
        "alpha": 4.4135,
        "a": 0.7929,
        "b": 2.4258,
        "log_likelihood": -9582.4256,
    }
    spend = value["gamma_gamma"]
    assert (round(spend["p"], 3), round(spend["log_likelihood"], 2)) == (6.249, -4055.92)
    # The likelihood is flat here: at the published q and γ it is lower, by less than 0.00002.
    assert (spend["q"], spend["gamma"]) == (pytest.approx(3.745, rel=3e-4), pytest.approx(15.447, rel=3e-4))
    assert (value["members"], value["repeat_members"], value["refused"]) == (2357, 946, None)
