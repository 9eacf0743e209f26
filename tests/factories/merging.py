"""Ana twice: “double” is a second row of hers in “Les Halles”, with a card, an identifier and an e-mail of its own."""

from datetime import UTC, datetime

import pytest

from members.operations import merge_members, undo_merge
from tests.factories.members import CardFactory, EnrolmentFactory, ExternalIdFactory, MemberFactory

MERGED_AT = datetime(2025, 6, 1, 9, tzinfo=UTC)


@pytest.fixture
def double(program):
    double = MemberFactory(
        first_name="Anna", last_name="Almeida", email="anna@example.com", postcode="69003", tags=["wine"]
    )
    EnrolmentFactory(member=double, program=program)
    CardFactory(member=double, program=program)
    ExternalIdFactory(member=double, external_id="K-2")
    return double


def merge(keep, absorb, *, at=MERGED_AT, by=None):
    return merge_members(keep=keep, absorb=absorb, at=at, by=by, reason="the same person")


def undo(merge, *, at=MERGED_AT, by=None):
    return undo_merge(merge=merge, at=at, by=by, reason="two persons after all")
