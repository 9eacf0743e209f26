"""The demonstration run again: elsewhere, after it was killed, anew, and never over somebody else's data."""

import signal
import sqlite3
from contextlib import closing

import pytest

from tests.backoffice.demo_site import DemoSite

SMALL = ("--members", "8", "--months", "3", "--no-serve")


@pytest.fixture(scope="module")
def whole(tmp_path_factory, migrated_tables):
    site = DemoSite(tmp_path_factory.mktemp("whole"), migrated_tables)
    site.demo(*SMALL)
    return site


def test_the_same_seed_tells_the_same_story(whole, tmp_path, migrated_tables):
    other = DemoSite(tmp_path, migrated_tables)
    other.demo(*SMALL)

    assert other.summary() == whole.summary()
    assert other.counts() == whole.counts()


@pytest.mark.parametrize("killed", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_ended_in_the_middle_goes_on(whole, tmp_path, migrated_tables, killed):
    site = DemoSite(tmp_path, migrated_tables)
    process = site.start(*SMALL)
    site.wait_until(lambda: (site.folder / "err").read_text().count("\n20") >= 2, process)
    process.send_signal(killed)
    code = process.wait(60)
    assert code in (-signal.SIGKILL, 130)

    site.demo(*SMALL)

    assert site.counts() == whole.counts()
    assert site.summary() == whole.summary()
    assert site.json("audit_ledger")["drift"] == []


def test_fresh_begins_anew(tmp_path, migrated_tables):
    site = DemoSite(tmp_path, migrated_tables)
    site.demo("--members", "4", "--months", "1", "--no-serve")
    passwords = site.logins()

    site.demo("--members", "6", "--months", "1", "--no-serve", "--fresh")

    assert site.rows("SELECT COUNT(*) FROM members_member") == [(6,)]
    assert not set(passwords.values()) & set(site.logins().values())


def test_fresh_does_not_touch_what_is_no_demonstration(whole):
    assert whole.manage("load_program", "yes2you").returncode == 0
    before = whole.counts()

    result = whole.manage("demo", "--fresh", "--no-serve")

    assert result.returncode == 1
    assert "Yes2You" in result.stderr
    assert whole.counts() == before


def test_fresh_does_not_remove_a_database_elsewhere(tmp_path):
    elsewhere = tmp_path / "elsewhere.sqlite3"
    with closing(sqlite3.connect(elsewhere)) as database:
        database.execute("CREATE TABLE precious (id)")
    site = DemoSite(tmp_path / "var")
    site.folder.mkdir()

    result = site.manage("demo", "--fresh", "--no-serve", DATABASE_URL=f"sqlite:///{elsewhere}")

    assert result.returncode == 1
    assert "elsewhere.sqlite3" in result.stderr
    assert elsewhere.exists()


def test_production_gets_no_invented_members(tmp_path):
    result = DemoSite(tmp_path).manage("demo", "--no-serve", ALLOWED_HOSTS="shop.example.org", SECRET_KEY="x" * 60)

    assert result.returncode == 1
    assert "production" in result.stderr
