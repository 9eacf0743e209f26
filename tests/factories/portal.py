"""Requests of the members' pages."""

from datetime import timedelta

import factory

from loyalty.portal.models import ErasureRequest
from tests.factories.members import LONG_AGO, MemberFactory
from tests.factories.programs import ProgramFactory


class ErasureRequestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ErasureRequest

    member = factory.SubFactory(MemberFactory)
    program = factory.SubFactory(ProgramFactory)
    requested_at = LONG_AGO
    due_at = LONG_AGO + timedelta(days=7)
