"""A refund undoes the rise that its purchase caused and withdraws the unused reward; a used one stays and is noted."""

import pytest

from loyalty.earning.sentences import explain
from loyalty.tiers.models import Qualification
from rewards.operations import redeem_voucher
from tests.factories.tiers import Trail, day, outdoor_tiers

pytestmark = pytest.mark.django_db


def use(voucher, on, number="sale"):
    redeem_voucher(code=voucher.code, program=voucher.program, source="till", external_id=number, at=day(on))


def test_the_rise_is_undone_and_the_unused_reward_withdrawn(trail):
    trail.buy("2025-03-01", 1000)
    trail.buy("2025-03-02", 1000, ticket="T")
    outcome = trail.refund("2025-03-05", "T").outcomes[-1]
    assert trail.tier == ""
    assert trail.vouchers == [(20, "withdrawn")]
    assert (outcome["reason"], outcome["withdrawn"]) == ("undone", ["basecamp"])
    assert trail.history == [("reached", "basecamp"), ("refund", "")]
    sentence = explain(outcome, currency="EUR")
    assert sentence == "Basecamp is undone, because it rested on this purchase. The unused reward is withdrawn."


def test_a_used_reward_stays_and_is_noted(trail):
    trail.buy("2025-03-01", 2000, ticket="T")
    use(trail.member.vouchers.get(), "2025-03-02")
    outcome = trail.refund("2025-03-05", "T").outcomes[-1]
    assert trail.tier == ""
    assert trail.vouchers == [(20, "used")]
    assert outcome["kept"] == ["basecamp"]
    assert trail.member.tier_memberships.get(reason="refund").gifts == {"kept": ["basecamp"]}


def test_buying_and_refunding_in_turns_gives_one_used_reward(trail):
    trail.buy("2025-03-01", 2000, ticket="T")
    use(trail.member.vouchers.get(), "2025-03-02")
    trail.refund("2025-03-05", "T")
    trail.buy("2025-03-06", 2000, ticket="U")
    assert trail.tier == "basecamp"
    assert trail.vouchers == [(20, "used")]


def test_reaching_it_again_after_an_unused_reward_was_withdrawn_gives_another(trail):
    trail.buy("2025-03-01", 2000, ticket="T")
    trail.refund("2025-03-05", "T")
    trail.buy("2025-03-06", 2000)
    assert trail.vouchers == [(20, "withdrawn"), (20, "unused")]


def test_a_small_refund_leaves_a_tier_that_is_still_earned(trail):
    trail.buy("2025-03-01", 2500, ticket="T")
    trail.refund("2025-03-05", "T", euros=400)
    assert trail.tier == "basecamp"
    trail.refund("2025-03-06", "T", euros=200)
    assert trail.tier == ""
    assert trail.vouchers == [(20, "withdrawn")]


def test_the_refund_of_a_jump_leads_back_to_the_tier_before(trail):
    trail.buy("2025-03-01", 2000)
    trail.buy("2025-03-02", 3000, ticket="T")
    trail.refund("2025-03-05", "T")
    assert trail.tier == "basecamp"
    assert trail.vouchers == [(20, "unused"), (30, "withdrawn")]


def test_a_jump_that_is_refunded_in_part_falls_as_far_as_it_must(trail):
    trail.buy("2025-03-02", 5000, ticket="T")
    trail.refund("2025-03-05", "T", euros=1000)
    assert trail.tier == "halfdome"
    trail.night("2026-01-01")
    assert trail.tier == "halfdome"


def test_rises_that_were_built_on_an_undone_one_fall_with_it(trail):
    trail.buy("2025-03-01", 2000, ticket="T")
    trail.buy("2025-03-02", 1500)
    trail.refund("2025-03-05", "T")
    assert trail.tier == ""
    assert trail.vouchers == [(20, "withdrawn"), (25, "withdrawn")]


def test_the_refund_of_a_purchase_that_caused_no_rise_waits_for_the_end_of_the_period(trail):
    trail.buy("2025-03-01", 1999, ticket="T")
    trail.buy("2025-03-02", 1)
    trail.refund("2025-03-05", "T")
    assert trail.tier == "basecamp"
    trail.night("2026-01-01")
    assert trail.tier == ""


def test_what_is_refunded_leaves_the_window_of_its_purchase(trail):
    trail.buy("2025-12-30", 1000, ticket="T")
    trail.buy("2026-01-02", 1500)
    trail.refund("2026-01-05", "T")
    trail.buy("2026-01-06", 500)
    assert trail.tier == "basecamp"
    assert sum(Qualification.objects.filter(occurred_at__lt=day("2026-01-01")).values_list("points", flat=True)) == 0


def test_a_purchase_and_its_refund_in_one_batch(trail):
    bought = trail.activity("2025-03-01", 2000, ticket="T")
    returned = trail.activity("2025-03-05", None, ticket="R", kind="refund", refunds="T")
    trail.load(bought, returned, at="2025-03-06", history=False)
    assert trail.tier == ""
    assert trail.vouchers == []


def test_a_visit_is_taken_back_with_the_whole_of_its_purchase(program, ana):
    outdoor_tiers(
        program, metric="visits", tiers=[{"code": "gold", "name_en": "Gold", "name_fr": "Or", "threshold": 2}]
    )
    trail = Trail(program, ana)
    trail.buy("2025-03-01", 10)
    trail.buy("2025-03-02", 10, ticket="T")
    trail.refund("2025-03-03", "T", euros=9)
    assert trail.tier == "gold"
    trail.refund("2025-03-04", "T", euros=1)
    assert trail.tier == ""


def test_a_purchase_from_before_the_tiers_takes_nothing(program, ana):
    trail = Trail(program, ana)
    trail.buy("2025-03-01", 2000, ticket="T")
    outdoor_tiers(program)
    trail.buy("2025-03-02", 2000)
    trail.refund("2025-03-05", "T")
    assert trail.tier == "basecamp"
