"""`manage.py test` in a process of its own, on test files of its own."""

import subprocess
import sys

import pytest
from django.conf import settings


@pytest.fixture
def run(tmp_path):
    (tmp_path / "test_sums.py").write_text("def test_right(): pass\ndef test_wrong(): assert 1 + 1 == 3\n")

    def run(*arguments):
        command = [sys.executable, "manage.py", "test", str(tmp_path), "-p", "no:cacheprovider", *arguments]
        return subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)

    return run


def test_pytests_own_options_are_passed_on(run):
    result = run("-k", "right", "-x", "--durations=1")

    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed, 1 deselected" in result.stdout


def test_a_failing_test_fails_the_command(run):
    result = run()

    assert result.returncode == 1
    assert "1 failed, 1 passed" in result.stdout


def test_nothing_collected_is_a_failure(run):
    result = run("-k", "nothing_of_this_name")

    assert result.returncode == 1
    assert "2 deselected" in result.stdout
