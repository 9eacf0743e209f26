"""The figures of a real purchase log, computed independently of this project."""

from datetime import date

import pytest

from analytics import queries
from loyalty.lib.periods import Every
from tests.analytics.purchase_logs import load, published
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db):
    return ProgramFactory(money_currency="USD", time_zone="UTC")


def test_retention_and_summary_of_the_whole_log(shop):
    load(shop, published("cdnow_purchases.csv"))
    quarters = queries.retention(shop, date(1997, 1, 1), date(1998, 7, 1), Every.QUARTER)
    assert [quarter.counts.at_end for quarter in quarters] == [23570, 5376, 4263, 4221, 3817, 3317]
    rates = [round(quarter.counts.return_rate, 3) for quarter in quarters[1:]]
    assert rates == [22.809, 42.578, 48.393, 46.292, 46.110]
    assert round(quarters[3].counts.retention_rate, 1) == 99.0
    months = queries.retention(shop, date(1997, 1, 1), date(1997, 4, 1), Every.MONTH)
    assert [month.counts.new for month in months] == [7846, 8476, 7248]
    assert months[1].counts.returned == 1157
    summary = queries.summary(shop)
    assert (summary.members, summary.activities, round(summary.repeat_rate, 4)) == (23570, 69659, 48.8587)
    assert (f"{summary.revenue_per_member:.2f}", f"{summary.average_order:.2f}") == ("106.08", "36.99")


def test_customer_value_of_the_sample(shop):
    load(shop, published("cdnow_sample_purchases.csv"))
    found = queries.customer_value(shop, date(1997, 9, 30), 39)
    bgnbd, spend = found["bgnbd"], found["gamma_gamma"]
    assert [round(bgnbd[name], 4) for name in ("r", "alpha", "a", "b")] == [0.2426, 4.4135, 0.7929, 2.4258]
    assert round(bgnbd["log_likelihood"], 4) == -9582.4256
    assert (round(spend["p"], 3), round(spend["log_likelihood"], 2)) == (6.249, -4055.92)
    assert (found["members"], found["repeat_members"]) == (2357, 946)
    assert found["holdout_actual"] == 1882
    assert found["expected_purchases"] == pytest.approx(1653.4, abs=0.1)
