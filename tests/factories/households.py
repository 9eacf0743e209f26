"""Households: the Almeidas of “Les Halles”, headed by Ana, with Bruno in it; they spend their points together.

Their points are earned by `give_points`, as the ledger would book them.
"""

from datetime import UTC, datetime

import factory
import pytest

from members.models import Household
from members.operations import accept_invitation, found_household, invite_to_household
from tests.factories.members import LONG_AGO
from tests.factories.programs import ProgramFactory

BEGINNING = datetime(2025, 1, 1, 9, tzinfo=UTC)


class HouseholdFactory(factory.django.DjangoModelFactory):
    """A household without anybody in it."""

    class Meta:
        model = Household

    program = factory.SubFactory(ProgramFactory)
    name = factory.Sequence(lambda n: f"Household {n}")
    created_at = LONG_AGO


def join(household, member, *, at=BEGINNING):
    """The member's place in the household, once invited and accepted."""
    invitation = invite_to_household(household=household, member=member, at=at, by=None)
    return accept_invitation(invitation=invitation, at=at, by=None)


@pytest.fixture
def almeidas(program, ana, bruno):
    household = found_household(program=program, name="The Almeidas", head=ana, at=BEGINNING, by=None)
    join(household, bruno)
    return household
