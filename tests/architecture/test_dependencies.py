"""The lock file is in step with pyproject.toml, safe against changed packages, and silent about where they are."""

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.source import PYPROJECT, ROOT

LOCK = (ROOT / "requirements.lock").read_text()
PINS = [Requirement(line.rstrip(" \\")) for line in re.findall(r"^\S.*$", LOCK, re.MULTILINE)]
DECLARED = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["dependency-groups"]["dev"]]


@pytest.mark.parametrize("declared", DECLARED)
def test_every_dependency_is_pinned_to_a_version_that_is_allowed(declared):
    wanted = Requirement(declared)
    versions = [
        version
        for pin in PINS
        if canonicalize_name(pin.name) == canonicalize_name(wanted.name)
        for version in [specifier.version for specifier in pin.specifier if specifier.operator == "=="]
    ]

    assert versions
    assert all(wanted.specifier.contains(version) for version in versions)


@pytest.mark.parametrize("declared", DECLARED)
def test_every_dependency_has_a_lower_bound(declared):
    assert any(specifier.operator in (">=", "==", "~=") for specifier in Requirement(declared).specifier)


def test_every_pin_is_exact_and_hashed():
    entries = re.split(r"\n(?=\S)", LOCK.strip())

    assert len(entries) == len(PINS)
    assert [entry for entry in entries if not re.match(r"\S+==\S+.*\\\n\s+--hash=sha256:", entry)] == []


def test_the_lock_names_no_host():
    assert "http" not in LOCK
    assert "index-url" not in LOCK
