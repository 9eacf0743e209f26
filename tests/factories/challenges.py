"""Challenges, badges and codes to enter.

The shared cast: “three visits”, three purchases of “Les Halles” in March 2026 for 50 points. Codes are made by
`codes_of`, as the job makes them.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import factory
import pytest

from loyalty.challenges import operations
from loyalty.challenges.models import Badge, Challenge, CodeBatch, InstantWin, Occasion
from loyalty.challenges.operations.batches import make_codes
from tests.factories.members import LONG_AGO
from tests.factories.programs import ProgramFactory

# March 2026 in Paris: the clocks go forward on the 29th.
MARCH = datetime(2026, 2, 28, 23, tzinfo=UTC)
APRIL = datetime(2026, 3, 31, 22, tzinfo=UTC)


class BadgeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Badge

    program = factory.SubFactory(ProgramFactory)
    code = factory.Sequence(lambda n: f"badge-{n}")
    name_fr = factory.Sequence(lambda n: f"Insigne {n}")
    name_en = factory.Sequence(lambda n: f"Badge {n}")


class ChallengeFactory(factory.django.DjangoModelFactory):
    """Three purchases for 50 points, once, since ever."""

    class Meta:
        model = Challenge

    program = factory.SubFactory(ProgramFactory)
    code = factory.Sequence(lambda n: f"challenge-{n}")
    name_fr = factory.Sequence(lambda n: f"Défi {n}")
    name_en = factory.Sequence(lambda n: f"Challenge {n}")
    target = 3
    points = 50


class CodeBatchFactory(factory.django.DjangoModelFactory):
    """Codes worth 20 points each. The codes themselves come of `codes_of`."""

    class Meta:
        model = CodeBatch

    program = factory.SubFactory(ProgramFactory)
    code = factory.Sequence(lambda n: f"batch-{n}")
    name_fr = factory.Sequence(lambda n: f"Série {n}")
    name_en = factory.Sequence(lambda n: f"Batch {n}")
    quantity = 3
    points = 20
    created_at = LONG_AGO


class InstantWinFactory(factory.django.DjangoModelFactory):
    """A game that every purchase wins, 10 points each time."""

    class Meta:
        model = InstantWin

    program = factory.SubFactory(ProgramFactory)
    code = factory.Sequence(lambda n: f"game-{n}")
    name_fr = factory.Sequence(lambda n: f"Jeu {n}")
    name_en = factory.Sequence(lambda n: f"Game {n}")
    chance_of = 1
    points = 10


class OccasionFactory(factory.django.DjangoModelFactory):
    """A tasting on the evening of 20 March 2026."""

    class Meta:
        model = Occasion

    program = factory.SubFactory(ProgramFactory)
    code = factory.Sequence(lambda n: f"occasion-{n}")
    name_fr = factory.Sequence(lambda n: f"Dégustation {n}")
    name_en = factory.Sequence(lambda n: f"Tasting {n}")
    starts_at = datetime(2026, 3, 20, 18, tzinfo=UTC)
    ends_at = datetime(2026, 3, 20, 21, tzinfo=UTC)


_number = count()


def march_draw(program, **terms):
    """A draw among the purchases of March 2026, held on 2 April: one winner of 500 points."""
    defaults = {
        "code": f"draw-{next(_number)}",
        "name_fr": "Grand tirage",
        "name_en": "Grand draw",
        "points": 500,
        "valid_from": MARCH,
        "valid_to": APRIL,
        "draw_date": date(2026, 4, 2),
        "at": MARCH,
    }
    return operations.add_draw(program=program, **(defaults | terms))


def rows_with_verbs(program, store, member):
    """A row of each table that has verbs, open to every one of them: whatever day it is, the occasion lies ahead."""
    far = datetime(2099, 1, 1, 12, tzinfo=UTC)
    occasion = OccasionFactory(program=program, store=store, starts_at=far, ends_at=far + timedelta(hours=2))
    invitation = occasion.invitations.create(member=member, invited_at=MARCH)
    draw = march_draw(program)
    entry = draw.entries.create(member=member, activity_id=1, tickets=1, entered_at=MARCH)
    win = draw.wins.create(member=member, entry=entry, rank=1, state="won")
    return [occasion, invitation, draw, win, CodeBatchFactory(program=program), InstantWinFactory(program=program)]


def codes_of(batch):
    """All codes of the batch, as they are printed."""
    return make_codes(batch=batch, first=1, last=batch.quantity)


@pytest.fixture
def three_visits(program):
    return ChallengeFactory(
        program=program,
        code="three-visits",
        name_fr="Trois visites en mars",
        name_en="Three visits in March",
        kinds=["visit"],
        valid_from=MARCH,
        valid_to=APRIL,
    )
