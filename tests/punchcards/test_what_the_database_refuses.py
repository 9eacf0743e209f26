"""Nonsense that no code should write, and that the database refuses all the same."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from loyalty.punchcards.models import Punch, PunchCard, PunchCardProgram
from loyalty.punchcards.operations import add_punch_card
from tests.earning.desk import NOON
from tests.factories.punchcards import PunchCardProgramFactory
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        ({"punches_needed": 0}, "has_holes"),
        ({"punches_needed": 101}, "has_holes"),
        ({"reward_quantity": 0}, "gives_a_reward"),
        ({"punch_on": "amount"}, "per_amount_has_its_amount"),
        ({"punch_on": "amount", "per_amount": 0}, "per_amount_has_its_amount"),
        ({"expiry": "days"}, "expiry_has_its_term"),
        ({"limit_per_day": 0}, "limits_let_something_through"),
        ({"limit_per_visit": 0}, "limits_let_something_through"),
        ({"valid_from": NOON, "valid_to": NOON}, "ends_after_it_starts"),
    ],
)
def test_a_definition(card, terms, rule):
    with pytest.raises(IntegrityError, match=rule):
        PunchCardProgram.objects.filter(pk=card.pk).update(**terms)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"punches_needed": 0}, "punches_needed"),
        ({"punches_needed": -1}, "punches_needed"),
        ({"punch_on": "amount"}, "per_amount"),
        ({"punch_on": "colour"}, "punch_on"),
        ({"expiry": "months"}, "expires_after"),
        ({"kinds": ["purchase", "refund"]}, "kinds"),
        ({"kinds": []}, "kinds"),
        ({"stores": ["nowhere"]}, "stores"),
        ({"limit_per_day": 0}, "limit_per_day"),
        ({"valid_from": NOON, "valid_to": NOON}, "valid_to"),
        ({"code": "coffee"}, "code"),
    ],
)
def test_a_definition_is_refused_at_its_field(card, program, coffee, terms, field):
    sound = {"code": "new", "name_fr": "Thé", "name_en": "Tea"}
    with pytest.raises(ValidationError) as refusal:
        add_punch_card(program=program, reward=coffee, at=NOON, **(sound | terms))
    fields = {"code", "__all__"} if field == "code" else {field}
    assert set(refusal.value.error_dict) <= fields
    assert PunchCardProgram.objects.count() == 1


def test_a_reward_of_another_program(program):
    with pytest.raises(ValidationError) as refusal:
        add_punch_card(program=program, reward=RewardFactory(), at=NOON, code="new", name_fr="Thé", name_en="Tea")
    assert set(refusal.value.error_dict) == {"reward"}


def test_excluded_goods_cannot_be_what_punches(program, coffee):
    program.excluded_categories = ["tobacco"]
    program.save()
    names = {"code": "new", "name_fr": "Thé", "name_en": "Tea"}
    with pytest.raises(ValidationError) as refusal:
        add_punch_card(program=program, reward=coffee, at=NOON, punch_on="item", categories=["tobacco"], **names)
    assert set(refusal.value.error_dict) == {"categories"}


@pytest.mark.parametrize(
    "terms",
    [
        {"punches": 6},
        {"punches": 5},
        {"state": "completed"},
        {"completed_at": NOON},
        {"rewards_given": 2},
        {"of": 1},
        {"reward_quantity": 5},
        {"expires_at": NOON},
    ],
)
def test_a_card(card, till, terms):
    till.visit()
    with pytest.raises(DatabaseError), transaction.atomic():
        PunchCard.objects.update(**terms)


def test_cards_and_punches_are_not_deleted_and_punches_not_changed(card, till):
    till.visit()
    for change in (PunchCard.objects.all()._raw_delete, Punch.objects.all()._raw_delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change("default")
    with pytest.raises(DatabaseError), transaction.atomic():
        Punch.objects.update(count=2)


def test_an_activity_punches_a_card_once(card, till):
    till.visit()
    punch = Punch.objects.get()
    punch.pk = None
    with pytest.raises(IntegrityError):
        punch.save(force_insert=True)


def test_codes_are_unique_in_their_program(card, program):
    PunchCardProgramFactory(code=card.code)
    with pytest.raises(IntegrityError):
        PunchCardProgramFactory(program=program, code=card.code)
