"""An import that is killed keeps what it committed, and the same command finishes it."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from django.conf import settings

ROWS = 20_000
PREPARE = """
from loyalty.earning.models import EarningRule
from loyalty.programs.models import Program
from django.utils import timezone
program = Program.objects.create(code="les-halles", name="Les Halles", time_zone="UTC")
EarningRule.objects.create(program=program, code="a", name="A", points=1, per_amount=100, created_at=timezone.now())
"""


@pytest.fixture
def command(tmp_path, migrated_tables):
    """The arguments and environment of a command on a database of its own."""
    database = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    environment = os.environ | {"DATABASE_URL": database, "VAR_DIR": str(tmp_path / "var")}

    def command(*arguments):
        return {"args": [sys.executable, "manage.py", *arguments], "cwd": settings.BASE_DIR, "env": environment}

    shutil.copy(migrated_tables, tmp_path / "db.sqlite3")
    subprocess.run(**command("shell", "-v0", "-c", PREPARE), check=True)
    return command


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    rows = (f"p{row},m{row // 2},2024-03-{row % 28 + 1:02},{row % 50 + 1}\n" for row in range(ROWS))
    path.write_text("external_id,member,occurred_at,amount\n" + "".join(rows))
    return path


def ask(path, statement):
    connection = sqlite3.connect(path, timeout=30)
    try:
        return connection.execute(statement).fetchone()[0]
    finally:
        connection.close()


def test_killed_in_the_middle_it_is_finished_by_the_same_command(command, log, tmp_path):
    purchases = tmp_path / "db.sqlite3", "SELECT COUNT(*) FROM earning_activity WHERE kind = 'purchase'"
    arguments = command("import_activities", str(log), "--program", "les-halles", "--enrol", "--json")
    killed = subprocess.Popen(**arguments, stdout=subprocess.PIPE)
    while not ask(*purchases):
        assert killed.poll() is None, "the import ended before it could be killed"
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    kept = ask(*purchases)
    assert 0 < kept < ROWS

    finished = subprocess.run(**arguments, stdout=subprocess.PIPE, check=True)
    report = json.loads(finished.stdout)
    assert (report["imported"], report["duplicates"], report["errors"]) == (ROWS - kept, kept, 0)
    assert ask(*purchases) == ROWS
    assert ask(tmp_path / "db.sqlite3", "SELECT COUNT(*) FROM members_member") == ROWS / 2
    points = ask(tmp_path / "db.sqlite3", "SELECT SUM(points) FROM ledger_entry")
    assert points == sum(row % 50 + 1 for row in range(ROWS))
    assert subprocess.run(**command("audit_ledger"), check=False, stdout=subprocess.PIPE).returncode == 0
