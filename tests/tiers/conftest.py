"""What the tests of tiers share beside the cast."""

import pytest

from tests.factories.tiers import Trail, outdoor_tiers


@pytest.fixture
def tiers(program):
    """Three tiers by the points of the calendar year."""
    return outdoor_tiers(program)


@pytest.fixture
def trail(program, tiers, ana):
    return Trail(program, ana)
