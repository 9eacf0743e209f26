"""Challenges that make sense can be defined, and are then kept to."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from loyalty.challenges import operations
from loyalty.challenges.models import Challenge, ChallengeStep
from tests.earning.desk import NOON
from tests.factories.challenges import BadgeFactory, ChallengeFactory
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import RewardFactory


def add(program, **terms):
    terms = {"name_fr": "Défi", "name_en": "Challenge", "target": 3, "points": 50} | terms
    return operations.add_challenge(program=program, code="c", at=NOON, **terms)


def test_it_is_defined_by_its_terms(program, marketer):
    challenge = add(program, kinds=["visit"], by=marketer)
    assert challenge.needed == 3
    assert challenge.history.get().history_user == marketer


@pytest.mark.parametrize(
    "terms, field",
    [
        ({"target": None}, "target"),
        ({"target": 0}, "target"),
        ({"goal": "amount", "target": 5}, "target_amount"),
        ({"points": None}, "points"),
        ({"points": 0}, "points"),
        ({"goal": "streak"}, "every"),
        ({"goal": "streak", "every": "week", "period": "month"}, "period"),
        ({"goal": "streak", "every": "day", "period": "week", "target": 8}, "target"),
        ({"goal": "streak", "every": "day", "period": "month", "target": 29}, "target"),
        ({"goal": "new_category", "kinds": ["visit"]}, "kinds"),
        ({"kinds": []}, "kinds"),
        ({"times": 0}, "times"),
        ({"goal": "luck"}, "goal"),
    ],
)
def test_nonsense_is_refused_at_its_field(program, terms, field):
    with pytest.raises(ValidationError) as refused:
        add(program, **terms)
    assert field in refused.value.message_dict


def test_what_another_program_gives_is_refused(program):
    other = ProgramFactory()
    for field, given in (("reward", RewardFactory(program=other)), ("badge", BadgeFactory(program=other))):
        with pytest.raises(ValidationError) as refused:
            add(program, **{field: given})
        assert field in refused.value.message_dict


def test_a_code_names_one_challenge_of_a_program(program):
    add(program)
    with pytest.raises(ValidationError):
        add(program)


def test_once_a_member_is_under_way_what_is_asked_for_is_fixed(desk, three_visits):
    operations.change_challenge(challenge=three_visits, at=NOON, target=2)
    desk.visit()
    with pytest.raises(ValidationError) as refused:
        operations.change_challenge(challenge=three_visits, at=NOON, target=1, most_winners=5)
    assert set(refused.value.message_dict) == {"target", "most_winners"}
    operations.change_challenge(challenge=three_visits, at=NOON, name_en="Visits", valid_to=None)
    assert Challenge.objects.get().name_en == "Visits"


def test_the_cap_cannot_fall_below_what_was_won(desk, program):
    challenge = ChallengeFactory(program=program, target=1, times=None, most_winners=5)
    desk.record()
    desk.record(day=1)
    with pytest.raises(ValidationError):
        operations.change_challenge(challenge=challenge, at=NOON, most_winners=1)


@pytest.mark.parametrize(
    "values",
    [
        {"target": 0},
        {"points": None},
        {"goal": "streak", "every": ""},
        {"most_winners": 1, "winners": 2},
        {"valid_from": NOON, "valid_to": NOON},
    ],
)
def test_the_database_refuses_nonsense_too(three_visits, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Challenge.objects.filter(pk=three_visits.pk).update(**values)


def test_steps_are_never_edited(desk, three_visits):
    desk.visit()
    with pytest.raises(IntegrityError), transaction.atomic():
        ChallengeStep.objects.update(value=7)
