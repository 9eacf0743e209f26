"""A worker that is killed in the middle of its work loses nothing, and its successor repeats nothing."""

import os
import signal
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings

RANGE = list(range(1, 101))


@pytest.fixture
def work(tmp_path):
    """Runs a worker process to its end and returns how it ended."""

    def work(*death):
        environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "VAR_DIR": str(tmp_path)}
        command = [sys.executable, "-m", "tests.jobs.counting_process", *map(str, death)]
        return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False).returncode

    return work


@pytest.fixture
def rows(tmp_path):
    def rows(statement):
        connection = sqlite3.connect(tmp_path / "db.sqlite3")
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    return rows


def counted(rows):
    return [number for (number,) in rows("SELECT json_extract(payload, '$.number') FROM events_event ORDER BY id")]


def test_killed_before_and_after_a_commit_each_number_is_counted_once(work, rows):
    assert work(35, "before") == -signal.SIGKILL
    assert counted(rows) == RANGE[:30]
    assert rows("SELECT state, cursor, done, report FROM jobs_job") == [("running", 30, 30, '{"counted": 30}')]

    assert work(65, "after") == -signal.SIGKILL
    assert counted(rows) == RANGE[:70]

    assert work() == 0
    assert counted(rows) == RANGE
    assert rows("SELECT state, done, total, report, attempts FROM jobs_job") == [
        ("succeeded", 100, 100, '{"counted": 100}', 3)
    ]

    assert work() == 0
    assert counted(rows) == RANGE
