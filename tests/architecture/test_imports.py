"""Rooms import downward only."""

import subprocess
import sys

from tests.source import ROOT, floors, own_apps

LINT = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"


def test_the_contract_is_kept():
    command = [sys.executable, "-c", LINT, "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert result.returncode == 0, result.stdout + result.stderr


def test_every_room_has_its_floor():
    assert {app.name for app in own_apps()} <= set(floors())
