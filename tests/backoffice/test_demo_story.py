"""What the demonstration leaves behind: points really issued, spent and expired, every night worked through."""

import pytest

from tests.backoffice.demo_site import DemoSite


@pytest.fixture(scope="module")
def site(tmp_path_factory, migrated_tables):
    site = DemoSite(tmp_path_factory.mktemp("demo"), migrated_tables)
    site.demo("--members", "25", "--months", "14", "--no-serve")
    return site


def test_the_ledger_agrees_with_itself(site):
    assert site.json("audit_ledger")["drift"] == []


def test_points_were_earned_spent_and_expired(site):
    points = site.summary()["points"]

    assert min(points["earned"], points["redeemed"], points["expired"], points["outstanding"]) > 0


def test_vouchers_came_of_the_months_and_were_used(site):
    assert site.rows("SELECT COUNT(*) FROM rewards_issuance")[0][0] > 0
    assert site.rows("SELECT COUNT(*) FROM rewards_voucheruse")[0][0] > 0


def test_goods_came_back_and_some_points_wait(site):
    assert site.rows("SELECT COUNT(*) FROM earning_activity WHERE kind = 'refund'")[0][0] > 0
    assert site.rows("SELECT COUNT(*) FROM ledger_lot WHERE active_at > earned_at")[0][0] > 0


def test_every_night_was_worked_through(site):
    states = dict(site.rows("SELECT state, COUNT(*) FROM jobs_job GROUP BY state"))
    ((first, last),) = site.rows("SELECT MIN(period), MAX(period) FROM jobs_job WHERE name = 'expire'")

    assert set(states) == {"succeeded"}
    assert (first[:8], last[:8]) != (last[:8], first[:8])


def test_a_partner_is_there_to_try_the_api_as(site):
    assert site.rows("SELECT code FROM partners_partner") == [("hotel",)]
    assert site.rows("SELECT COUNT(*) FROM partners_contract")[0][0] == 1


def test_nobody_is_written_to_about_the_past(site):
    mail = site.folder / "mail"

    assert site.rows("SELECT COUNT(*) FROM campaigns_message WHERE state = 'skipped'")[0][0] > 0
    assert len(list(mail.iterdir()) if mail.exists() else []) < 5


def test_a_second_run_on_the_same_day_adds_nothing(site):
    before, logins = site.counts(), site.logins()

    again = site.demo("--members", "30", "--seed", "2", "--no-serve")

    assert site.counts() == before
    assert site.logins() == logins
    assert all(password in again.stdout for password in logins.values())
    assert "25 members" in again.stderr
