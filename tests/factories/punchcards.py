"""Punch cards: a free coffee after five visits.

The shared cast: `card`, that card of “Les Halles”; `till`, where Ana buys, drops in and hands things back.
"""

import factory
import pytest

from loyalty.earning.operations import Line
from loyalty.punchcards import queries
from loyalty.punchcards.models import PunchCard, PunchCardProgram
from rewards.models import Voucher
from tests.earning.desk import Desk
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import RewardFactory


class PunchCardProgramFactory(factory.django.DjangoModelFactory):
    """Five visits, one reward."""

    class Meta:
        model = PunchCardProgram

    program = factory.SubFactory(ProgramFactory)
    code = factory.Sequence(lambda n: f"card-{n}")
    name_fr = factory.Sequence(lambda n: f"Carte {n}")
    name_en = factory.Sequence(lambda n: f"Card {n}")
    punches_needed = 5
    reward = factory.SubFactory(RewardFactory, program=factory.SelfAttribute("..program"))


class CardDesk(Desk):
    """Ana at the till; what her card says, and what her full cards gave."""

    def buy(self, pieces=1, euros=None, day=0, **terms):
        """So many coffees, at one euro each."""
        line = self.line("coffee", pieces)
        return self.record(euros or pieces, day, lines=(line,), **terms)

    @staticmethod
    def line(category, quantity=1, sku=""):
        return Line(category=category, quantity=quantity, sku=sku, unit_price=100)

    def visit(self, day=0, **terms):
        return self.record(0, day, kind="visit", **terms)

    def cards(self, member=None):
        """Each card as “punches/of”, oldest first, with a star where it is full and a cross where it is marked."""
        marks = {"open": "", "completed": "*", "expired": "x"}
        rows = PunchCard.objects.filter(member=member or self.member).order_by("card_program", "number")
        return [f"{row.punches}/{row.of}{marks[row.state]}" for row in rows]

    def held(self, at):
        held = queries.cards_of(program=self.program, member_id=self.member.pk, at=at)
        return [(card.program, card.punches, card.of) for card in held]

    def rewards(self):
        """The states of the vouchers that full cards gave, oldest first."""
        mine = Voucher.objects.filter(member=self.member, source="punchcard").order_by("id")
        return list(mine.values_list("state", flat=True))


@pytest.fixture
def card(program, coffee):
    return PunchCardProgramFactory(program=program, code="coffee", name_fr="Café", name_en="Coffee", reward=coffee)


@pytest.fixture
def items_card(program, coffee):
    """Ten coffees, one more."""
    return PunchCardProgramFactory(
        program=program,
        code="coffees",
        name_fr="Cafés",
        name_en="Coffees",
        punch_on="item",
        kinds=["purchase"],
        categories=["coffee"],
        punches_needed=10,
        reward=coffee,
    )


def outcome(recorded, card="coffee"):
    """What an activity did to a card."""
    return next(each for each in recorded.outcomes if each.get("effect") == "punch" and each["card"] == card)
