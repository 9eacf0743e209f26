"""Moments in the admin are on the clock of the programs."""

from datetime import UTC, datetime

import pytest

from tests.factories.earning import ActivityFactory
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db
NEW_YEAR_IN_PARIS = datetime(2025, 12, 31, 23, tzinfo=UTC)


@pytest.fixture
def listed(as_role, program, ana, text_of):
    ActivityFactory(program=program, member=ana, occurred_at=NEW_YEAR_IN_PARIS)
    return lambda: text_of(as_role("finance").get("/admin/earning/activity/"))


def test_moments_are_shown_on_the_programs_clock(listed):
    page = listed()

    assert "Jan. 1, 2026, midnight" in page
    assert "Europe/Paris" in page


def test_programs_in_different_zones_share_no_clock(listed):
    ProgramFactory(time_zone="America/New_York")

    page = listed()

    assert "Dec. 31, 2025, 11 p.m." in page
    assert "UTC" in page
