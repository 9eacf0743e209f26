"""Partners: Harbour Hotels and Air Littoral, in the program “Les Halles”."""

import factory
import pytest

from loyalty.partners.models import Partner, PartnerMember
from tests.factories.members import LONG_AGO, MemberFactory
from tests.factories.programs import ProgramFactory


class PartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Partner

    code = factory.Sequence(lambda n: f"partner-{n}")
    name = factory.Sequence(lambda n: f"Partner {n}")
    created_at = LONG_AGO


class PartnerMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PartnerMember

    partner = factory.SubFactory(PartnerFactory)
    program = factory.SubFactory(ProgramFactory)
    member = factory.SubFactory(MemberFactory)
    linked_at = LONG_AGO


@pytest.fixture
def hotel(db):
    return PartnerFactory(code="hotel", name="Harbour Hotels")


@pytest.fixture
def airline(db):
    return PartnerFactory(code="air", name="Air Littoral")
