"""What “Les Halles” has for Ana on the days of the browser tests: something of every kind that the counter shows."""

from datetime import timedelta

from django.utils import timezone

from loyalty.counter.models import CounterLimits
from loyalty.subscriptions.operations import subscribe
from rewards.operations import set_offer
from tests.factories.challenges import ChallengeFactory, CodeBatchFactory, codes_of
from tests.factories.earning import EarningRuleFactory
from tests.factories.punchcards import PunchCardProgramFactory
from tests.factories.rewards import BurnRuleFactory, RewardFactory, give_points
from tests.factories.subscriptions import add_plan


def open_shop(program, ana):
    """340 points of Ana's, 40 of which expire soon; her birthday, a challenge, an offer; a card of five visits,
    a coffee for 100 points; points by hand up to 50 a day."""
    EarningRuleFactory(program=program, name="Un point par euro")
    BurnRuleFactory(program=program)
    give_points(program, ana, 300)
    give_points(program, ana, 40, expires_at=timezone.now() + timedelta(days=9))
    drink = RewardFactory(program=program, code="drink", name_fr="Boisson offerte", name_en="Free drink", product="x")
    drink.points_price = None
    drink.save()
    terms = {"name_fr": "Carte fidélité cinq visites", "name_en": "Card of five visits", "reward": drink}
    PunchCardProgramFactory(program=program, code="visits", **terms)
    CounterLimits.objects.create(program=program, points_per_day=50)
    ChallengeFactory(program=program, name_fr="Trois achats", name_en="Three purchases", kinds=["purchase"])
    set_offer(
        program=program,
        code="cheese",
        at=timezone.now(),
        name_fr="Semaine du fromage",
        name_en="Cheese week",
        discount_code="BRIE10",
    )
    ana.birth_date = timezone.localdate().replace(year=1996)
    ana.save()


def code_of_a_pack(program):
    return codes_of(CodeBatchFactory(program=program))[0]


def prime(program):
    return add_plan(program, "prime", price=999, name_fr="Premium", name_en="Prime", at=timezone.now())


def subscription_to_pay(program, member):
    return subscribe(
        program=program, member_id=member.pk, plan=prime(program), at=timezone.now(), gateway="manual", trial=False
    )
