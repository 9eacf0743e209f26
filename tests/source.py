"""The project's own source, as the architecture tests read it."""

import tomllib

from django.apps import apps
from django.conf import settings

ROOT = settings.BASE_DIR
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS = [ROOT / name for name in PYPROJECT["tool"]["importlinter"]["root_packages"]]


def files(*suffixes, tests=False):
    """Every file of the project with one of these endings; not what tools and installations leave behind."""
    places = [*ROOMS, ROOT / "templates", *([ROOT / "tests"] if tests else [])]
    return sorted(path for place in places for suffix in suffixes for path in place.rglob(f"*{suffix}"))


def name(path):
    return path.relative_to(ROOT).as_posix()


def own_apps():
    return [app for app in apps.get_app_configs() if app.name.partition(".")[0] in {room.name for room in ROOMS}]


def floors():
    """Room → floor, counted from the top of the import contract; rooms that share a line share a number."""
    (contract,) = (c for c in PYPROJECT["tool"]["importlinter"]["contracts"] if c["id"] == "floors")
    return {room.strip(): floor for floor, line in enumerate(contract["layers"]) for room in line.split("|")}
