"""Rewards, vouchers and the rules of what points become.

The shared cast: “coffee”, a free product for 100 points in the catalogue of “Les Halles”. Points are earned by
`give_points`, as the ledger would book them.
"""

from datetime import UTC, datetime
from itertools import count

import factory
import pytest

from loyalty.ledger import operations as ledger
from rewards.models import BurnRule, IssuanceRule, Reward
from tests.factories.programs import ProgramFactory

SPRING = datetime(2025, 4, 2, 10, tzinfo=UTC)
_number = count()


class RewardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reward
        skip_postgeneration_save = True

    program = factory.SubFactory(ProgramFactory)
    code = factory.Sequence(lambda n: f"reward-{n}")
    name_fr = factory.Sequence(lambda n: f"Cadeau {n}")
    name_en = factory.Sequence(lambda n: f"Gift {n}")
    kind = Reward.Kind.FREE_PRODUCT
    product = "COFFEE-250"
    points_price = 100

    @factory.post_generation
    def stores(self, create, stores, **kwargs):
        self.stores.add(*(stores or ()))


class BurnRuleFactory(factory.django.DjangoModelFactory):
    """100 points pay 5.00."""

    class Meta:
        model = BurnRule
        skip_postgeneration_save = True

    program = factory.SubFactory(ProgramFactory)
    name = "Points at the till"
    points = 100
    value = 500

    @factory.post_generation
    def stores(self, create, stores, **kwargs):
        self.stores.add(*(stores or ()))


class IssuanceRuleFactory(factory.django.DjangoModelFactory):
    """100 points become 5.00."""

    class Meta:
        model = IssuanceRule

    program = factory.SubFactory(ProgramFactory)
    points = 100
    value = 500


def give_points(program, member, points, *, at=SPRING, **options):
    """Points in the member's account, never expiring unless `expires_at` says so."""
    cause = ledger.Cause("test", str(next(_number)))
    return ledger.earn(program=program, member_id=member.pk, points=points, cause=cause, at=at, **options)


@pytest.fixture
def coffee(program):
    return RewardFactory(program=program, code="coffee", name_fr="Café", name_en="Coffee")
