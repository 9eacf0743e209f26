"""Visits and items fill cards: a full card gives its reward, what is left over stands on the next one."""

import pytest

from loyalty.earning.operations import MemberRef, calculate
from loyalty.events.models import Event
from loyalty.punchcards.models import PunchCard
from rewards.models import Voucher
from tests.earning.desk import DAY, NOON
from tests.factories.punchcards import PunchCardProgramFactory, outcome
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db


def test_a_free_coffee_after_five_visits(card, till):
    for day in range(4):
        till.visit(day)
    assert (till.cards(), till.rewards()) == (["4/5"], [])

    fifth = till.record(3, 4)

    assert (till.cards(), till.rewards()) == (["5/5*"], ["unused"])
    assert outcome(fifth) == {
        "effect": "punch",
        "reason": "punched",
        "card": "coffee",
        "name_fr": "Café",
        "name_en": "Coffee",
        "given": 1,
        "completed": 1,
        "rewards": 1,
        "punches": 0,
        "of": 5,
    }
    till.visit(5)
    assert till.cards() == ["5/5*", "1/5"]


def test_thirteen_coffees_are_one_reward_and_three_punches(items_card, till):
    till.buy(13)
    assert (till.cards(), till.rewards()) == (["10/10*", "3/10"], ["unused"])


def test_twenty_five_coffees_are_two_rewards_and_five_punches(items_card, till):
    bought = till.buy(25)
    assert (till.cards(), till.rewards()) == (["10/10*", "10/10*", "5/10"], ["unused"] * 2)
    told = outcome(bought, "coffees")
    assert (told["given"], told["completed"], told["rewards"], told["punches"]) == (25, 2, 2, 5)


def test_without_carry_over_what_is_left_is_lost(items_card, till):
    items_card.carries_over = False
    items_card.save()
    bought = till.buy(13)
    assert (till.cards(), till.rewards()) == (["10/10*"], ["unused"])
    assert outcome(bought, "coffees")["lost"] == 3
    till.buy(2, day=1)
    assert till.cards() == ["10/10*", "2/10"]


def test_each_card_fills_by_its_own_rule(card, items_card, till):
    till.buy(2)
    till.visit(1)
    assert till.cards() == ["2/5", "2/10"]


def test_a_card_may_give_several_rewards(card, till):
    card.reward_quantity = 2
    card.save()
    for day in range(5):
        till.visit(day)
    assert till.rewards() == ["unused", "unused"]


def test_a_full_card_is_announced(card, till, ana):
    for day in range(5):
        till.visit(day)
    [event] = Event.objects.filter(kind="punchcard.completed")
    assert (event.member_id, event.occurred_at) == (ana.pk, NOON + 4 * DAY)
    assert event.payload == {"card": "coffee", "number": 1, "needed": 5, "rewards": 1}


def test_a_new_definition_does_not_change_a_card_that_is_open(card, till, coffee):
    till.visit()
    card.punches_needed = 8
    card.reward = RewardFactory(program=card.program)
    card.save()

    for day in range(1, 6):
        till.visit(day)

    assert till.cards() == ["5/5*", "1/8"]
    assert Voucher.objects.get(source="punchcard", reference__startswith=f"{first_card().pk}:").reward == coffee


def first_card():
    return PunchCard.objects.order_by("id").first()


def test_a_stock_that_has_run_out_leaves_a_reward_owed(card, till, coffee):
    coffee.stock = 0
    coffee.save()
    for day in range(4):
        till.visit(day)
    last = till.visit(4)
    assert till.rewards() == []
    assert outcome(last)["missing"] == 1
    assert first_card().rewards_given == 0


def test_members_fill_cards_of_their_own(card, till, bruno):
    till.visit()
    till.visit(member=MemberRef("id", str(bruno.pk)))
    assert (till.cards(), till.cards(bruno)) == (["1/5"], ["1/5"])


def test_each_decision_tells_of_its_own_activity_alone(card, till):
    recorded = [till.visit(day) for day in range(3)]
    assert [len(each.outcomes) for each in recorded] == [1, 1, 1]


def test_another_program_has_nothing_to_do_with_it(card, till):
    PunchCardProgramFactory()
    till.visit()
    assert PunchCard.objects.count() == 1


def test_a_retry_punches_once(card, till):
    visit = till.activity(0, kind="visit")
    till.hand_in(visit)
    assert till.hand_in(visit).duplicate
    assert till.cards() == ["1/5"]


def test_a_question_punches_nothing(card, till, program):
    answer = calculate(program=program, source="till", activity=till.activity(5), at=NOON)
    assert outcome(answer)["punches"] == 1
    assert not PunchCard.objects.exists()


def test_no_punch_after_the_last_earning_day(card, till, program):
    day = NOON.date()
    program.closing_announced_date = program.last_earning_date = day
    program.last_redemption_date = program.final_expiry_date = (NOON + 60 * DAY).date()
    program.save()
    till.visit()
    till.visit(1)
    assert till.cards() == ["1/5"]
