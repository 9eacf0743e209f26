"""What punches a card and what does not: the decision says why."""

import pytest

from tests.earning.desk import DAY, NOON
from tests.factories.programs import StoreFactory
from tests.factories.punchcards import outcome

pytestmark = pytest.mark.django_db


def change(card, **terms):
    for name, value in terms.items():
        setattr(card, name, value)
    card.full_clean()
    card.save()


def reason(recorded, card="coffee"):
    return outcome(recorded, card)["reason"]


def test_one_punch_a_day(card, till):
    change(card, limit_per_day=1)
    till.visit()
    second = till.record(5)
    till.visit(1)
    assert till.cards() == ["2/5"]
    assert (reason(second), outcome(second)["limit"]) == ("limit_reached", "day")


def test_the_day_is_the_stores(card, till, program):
    """23:30 in Paris is the next morning in Réunion: two days in one store, one in the other."""
    change(card, limit_per_day=1)
    reunion = StoreFactory(program=program, code="saint-denis", time_zone="Indian/Reunion")
    evening = NOON.replace(hour=19, minute=30)  # 20:30 in Paris, 23:30 in Réunion
    till.visit(occurred_at=evening, store=reunion.code)
    till.visit(occurred_at=evening + DAY / 24, store=reunion.code)
    assert till.cards() == ["2/5"]


def test_a_refunded_punch_makes_room_for_another_that_day(card, till):
    change(card, limit_per_day=1)
    till.record(5, external_id="T")
    till.refund("T", day=0)
    till.record(5)
    assert till.cards() == ["1/5"]


def test_a_limit_per_visit_trims(items_card, till):
    change(items_card, limit_per_visit=2)
    bought = till.buy(6)
    assert till.cards() == ["2/10"]
    told = outcome(bought, "coffees")
    assert (told["given"], told["wanted"], told["limit"]) == (2, 6, "visit")


def test_two_limits_hold_together(items_card, till):
    change(items_card, limit_per_visit=3, limit_per_day=4)
    till.buy(5)
    till.buy(5)
    till.buy(5)
    assert till.cards() == ["4/10"]


def test_a_limit_of_the_day_holds_within_a_batch(card, till):
    change(card, limit_per_day=2)
    till.load(*[till.activity(0, kind="visit") for _ in range(4)])
    assert till.cards() == ["2/5"]


def test_other_stores_and_channels_do_not_punch(card, till, store):
    change(card, stores=[store.code], channels=["counter"])
    assert reason(till.visit()) == "other_store"
    assert reason(till.visit(store=store.code, channel="web")) == "other_channel"
    assert reason(till.visit(store=store.code, channel="counter")) == "punched"


def test_a_minimum_amount(card, till):
    change(card, minimum_amount=500)
    assert reason(till.record(4.99)) == "below_minimum"
    assert reason(till.record(5)) == "punched"


def test_excluded_goods_reach_no_minimum(card, till, program):
    program.excluded_categories = ["tobacco"]
    program.save()
    change(card, minimum_amount=500)
    assert reason(till.record(6, lines=(till.line("tobacco", 6),))) == "below_minimum"


def test_only_the_kinds_that_count(card, till):
    change(card, kinds=["visit"])
    assert till.record(10).outcomes == []
    assert till.cards() == []


def test_items_of_a_category_or_of_an_article(items_card, till):
    change(items_card, skus=["TEA-1"])
    till.record(5, lines=(till.line("coffee", 2), till.line("tea", 1, sku="TEA-1"), till.line("cake", 2)))
    assert till.cards() == ["3/10"]


def test_a_purchase_without_lines_has_no_items(items_card, till):
    assert reason(till.record(10), "coffees") == "no_matching_items"
    assert till.cards() == []


def test_excluded_goods_are_no_items(items_card, till, program):
    change(items_card, categories=[])
    program.excluded_categories = ["tobacco"]
    program.save()
    till.record(5, lines=(till.line("coffee", 2), till.line("tobacco", 3)))
    assert till.cards() == ["2/10"]


def test_a_punch_for_each_full_amount(card, till):
    change(card, punch_on="amount", per_amount=1000, kinds=["purchase"])
    till.record(29.99)
    assert till.cards() == ["2/5"]
    assert reason(till.record(9.99)) == "below_one_step"


def test_what_points_paid_is_no_amount(card, till, program):
    change(card, punch_on="amount", per_amount=1000, kinds=["purchase"])
    till.record(30, paid_with=(("points", 1500), ("card", 1500)))
    assert till.cards() == ["1/5"]


def test_a_card_holds_from_its_first_moment_to_before_its_last(card, till):
    change(card, valid_from=NOON, valid_to=NOON + 2 * DAY)
    for day in (-1, 0, 1, 2):
        till.visit(day)
    assert till.cards() == ["2/5"]


def test_a_card_that_is_switched_off_takes_nothing(card, till):
    change(card, is_active=False)
    assert till.visit().outcomes == []


def test_a_quantity_that_nobody_can_carry_fills_no_thousand_cards(items_card, till):
    till.buy(999_999)
    assert sum(int(shown.partition("/")[0]) for shown in till.cards()) == 1000
