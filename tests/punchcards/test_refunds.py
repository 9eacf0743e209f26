"""What is refunded takes its punches back, and the unused reward of a card that is no longer full."""

import pytest

from loyalty.events.models import Event
from rewards.models import Voucher
from rewards.operations import redeem_voucher
from tests.earning.desk import DAY, NOON
from tests.factories.punchcards import outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def use(program):
    def use(voucher):
        redeem_voucher(program=program, code=voucher.code, source="till", external_id=voucher.code, at=NOON + DAY)

    return use


def test_a_refund_takes_its_share(items_card, till):
    till.buy(8, external_id="T")
    refund = till.refund("T", 3)
    assert till.cards() == ["5/10"]
    assert outcome(refund, "coffees")["taken"] == 3


def test_refunds_in_parts_take_what_one_refund_takes(items_card, till):
    till.buy(7, external_id="T")
    for _ in range(7):
        till.refund("T", 1)
    assert till.cards() == ["0/10"]


def test_the_punch_of_a_visit_stays_until_all_is_refunded(card, till):
    till.record(10, external_id="T")
    part = till.refund("T", 9)
    assert till.cards() == ["1/5"]
    assert outcome(part)["reason"] == "visit_stays"
    till.refund("T")
    assert till.cards() == ["0/5"]


def test_an_unused_reward_goes_with_the_punch(card, till):
    for day in range(4):
        till.visit(day)
    till.record(10, 4, external_id="T")
    assert till.rewards() == ["unused"]

    refund = till.refund("T", day=5)

    assert (till.cards(), till.rewards()) == (["4/5"], ["withdrawn"])
    assert (outcome(refund)["reopened"], outcome(refund)["withdrawn"]) == (1, 1)


def test_a_card_that_is_filled_again_gives_its_reward_again(card, till):
    for day in range(4):
        till.visit(day)
    till.record(10, 4, external_id="T")
    till.refund("T", day=5)
    till.visit(6)
    assert (till.cards(), till.rewards()) == (["5/5*"], ["withdrawn", "unused"])
    assert Event.objects.filter(kind="punchcard.completed").count() == 2


def test_a_used_reward_stays_and_the_card_gives_no_second(card, till, use):
    for day in range(4):
        till.visit(day)
    till.record(10, 4, external_id="T")
    use(Voucher.objects.get())

    refund = till.refund("T", day=5)

    assert (till.cards(), till.rewards()) == (["4/5"], ["used"])
    assert outcome(refund)["kept"] == 1
    again = till.visit(6)
    assert (till.cards(), till.rewards()) == (["5/5*"], ["used"])
    assert (outcome(again)["completed"], outcome(again).get("rewards")) == (1, None)
    for day in range(7, 12):
        till.visit(day)
    assert till.rewards() == ["used", "unused"]


def test_of_two_rewards_the_unused_one_goes_and_comes_back(card, till, use):
    card.reward_quantity = 2
    card.save()
    for day in range(4):
        till.visit(day)
    till.record(10, 4, external_id="T")
    use(Voucher.objects.order_by("id").first())
    till.refund("T", day=5)
    assert till.rewards() == ["used", "withdrawn"]
    till.visit(6)
    assert till.rewards() == ["used", "withdrawn", "unused"]


def test_a_refund_reaches_back_over_a_carry_over(items_card, till):
    """13 coffees and their refund of 8: three off the new card, five off the full one."""
    till.buy(8, external_id="A")
    till.buy(5, external_id="B")
    assert till.cards() == ["10/10*", "3/10"]
    refund = till.refund("A")
    assert (till.cards(), till.rewards()) == (["5/10", "0/10"], ["withdrawn"])
    assert (outcome(refund, "coffees")["punches"], outcome(refund, "coffees")["of"]) == (5, 10)


def test_a_refund_that_later_punches_cover_leaves_the_full_card(items_card, till):
    till.buy(8, external_id="A")
    till.buy(8, external_id="B")
    till.refund("A", 6)
    assert (till.cards(), till.rewards()) == (["10/10*", "0/10"], ["unused"])


def test_two_purchases_give_back_all_between_them(items_card, till):
    till.buy(8, external_id="A")
    till.buy(5, external_id="B")
    till.refund("A")
    till.refund("B")
    assert till.cards() == ["0/10", "0/10"]


def test_what_was_lost_is_taken_first(items_card, till):
    items_card.carries_over = False
    items_card.save()
    till.buy(13, external_id="T")
    till.refund("T", 3)
    assert (till.cards(), till.rewards()) == (["10/10*"], ["unused"])
    till.refund("T", 1)
    assert (till.cards(), till.rewards()) == (["9/10"], ["withdrawn"])


def test_a_definition_that_changed_since_undoes_what_was_done(items_card, till):
    till.buy(8, external_id="T")
    items_card.punch_on, items_card.is_active = "visit", False
    items_card.save()
    till.refund("T", 4)
    assert till.cards() == ["4/10"]


def test_a_dead_punch_costs_no_living_one(card, till):
    card.expiry, card.expires_after = "days", 3
    card.save()
    till.record(10, external_id="T")
    till.visit(4)
    assert till.cards() == ["1/5", "1/5"]
    till.refund("T", day=5)
    assert till.cards() == ["0/5", "1/5"]


def test_a_purchase_and_its_refund_in_one_batch(items_card, till):
    purchase = till.activity(12, lines=(till.line("coffee", 12),), external_id="T")
    refund = till.activity(None, 1, kind="refund", refunds="T")
    till.load(purchase, refund)
    assert (till.cards(), till.rewards()) == (["0/10", "0/10"], [])


def test_a_purchase_from_before_the_card_takes_nothing(till, program, request):
    till.record(10, external_id="T")
    request.getfixturevalue("card")
    assert outcomes_of(till.refund("T")) == []


def outcomes_of(recorded):
    return [each for each in recorded.outcomes if each.get("effect")]
