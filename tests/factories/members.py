"""Members, their enrolments, cards and consents.

The shared cast: Ana, enrolled in “Les Halles”, reachable by e-mail and phone and carrying a card; Bruno, enrolled with
a number and nothing else. Ask for them by the fixtures of their names; make others with the factories.
"""

from datetime import UTC, datetime

import factory
import pytest

from loyalty.lib import codes
from members.models import Card, Consent, Enrolment, ExternalId, Member
from tests.factories.programs import ProgramFactory

LONG_AGO = datetime(2024, 1, 1, 9, tzinfo=UTC)


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Member

    number = factory.LazyFunction(lambda: codes.generate(1, length=12, prefix="M")[0])
    first_name = factory.Sequence(lambda n: f"First{n}")
    last_name = factory.Sequence(lambda n: f"Last{n}")
    created_at = LONG_AGO


class EnrolmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enrolment

    member = factory.SubFactory(MemberFactory)
    program = factory.SubFactory(ProgramFactory)
    enrolled_at = LONG_AGO


class ExternalIdFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ExternalId

    member = factory.SubFactory(MemberFactory)
    source = "till"
    external_id = factory.Sequence(lambda n: f"customer-{n}")


class CardFactory(factory.django.DjangoModelFactory):
    """A card in its member's hands."""

    class Meta:
        model = Card

    number = factory.LazyFunction(lambda: codes.generate(1, length=12, prefix="C")[0])
    program = factory.SubFactory(ProgramFactory)
    member = factory.SubFactory(MemberFactory)
    state = Card.State.ACTIVE
    activated_at = LONG_AGO


class ConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Consent

    member = factory.SubFactory(MemberFactory)
    channel = Consent.Channel.EMAIL
    given = True
    source = "counter"
    recorded_at = LONG_AGO


@pytest.fixture
def ana(program):
    ana = MemberFactory(
        first_name="Ana", last_name="Almeida", email="ana@example.com", phone="+33612345678", language="fr"
    )
    EnrolmentFactory(member=ana, program=program)
    CardFactory(member=ana, program=program)
    return ana


@pytest.fixture
def bruno(program):
    bruno = MemberFactory(first_name="Bruno", last_name="Bernard", language="en")
    EnrolmentFactory(member=bruno, program=program)
    return bruno
