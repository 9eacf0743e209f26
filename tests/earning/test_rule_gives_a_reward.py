"""Rules whose effect is a reward: the same conditions and caps as for points, and a voucher in the member's hands."""

import pytest
from django.utils import translation

from loyalty.earning import versions
from loyalty.earning.operations import calculate, record_activities
from loyalty.earning.sentences import describe, explain
from loyalty.earning.versions import RuleRefused
from rewards.models import Reward, Voucher
from rewards.operations import redeem_voucher
from tests.earning.desk import DAY, NOON
from tests.factories.earning import EarningRuleFactory
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug(program):
    return RewardFactory(program=program, code="mug", name_en="Mug", name_fr="Tasse", points_price=None)


@pytest.fixture
def mug_rule(program, mug):
    """A mug with each purchase of fifty euros."""
    return EarningRuleFactory(
        program=program, code="mugs", name="Mugs", effect="reward", reward=mug, points=None, minimum_amount=5000
    )


def of_mugs(recorded):
    return [outcome for outcome in recorded.outcomes if outcome.get("rule") == "mugs"]


def reasons(recorded):
    return [outcome["reason"] for outcome in of_mugs(recorded)]


def test_a_purchase_within_the_conditions_brings_a_voucher_beside_the_points(desk, mug_rule, mug, ana):
    recorded = desk.record(60)
    voucher = Voucher.objects.get()
    assert (voucher.member_id, voucher.reward) == (ana.pk, mug)
    assert recorded.granted == desk.points == 60
    assert of_mugs(recorded)[0]["granted"] == 1


def test_a_purchase_outside_the_conditions_brings_none(desk, mug_rule):
    assert reasons(desk.record(40)) == ["below_minimum"]
    assert not Voucher.objects.exists()


def test_a_retry_brings_no_second_voucher(desk, mug_rule):
    purchase = desk.activity(60)
    desk.hand_in(purchase)
    assert desk.hand_in(purchase).duplicate
    assert Voucher.objects.count() == 1


def test_the_caps_count_rewards(desk, mug_rule):
    mug_rule.cap_per_day = 1
    mug_rule.save()
    assert [reasons(desk.record(60)) for _ in range(2)] == [["matched"], ["capped"]]
    assert reasons(desk.record(60, day=1)) == ["matched"]
    assert Voucher.objects.count() == 2


def test_no_multiplier_of_points_multiplies_rewards(desk, mug_rule, program):
    EarningRuleFactory(program=program, effect="multiplier", factor=3, points=None, per_amount=None)
    desk.record(60)
    assert (desk.points, Voucher.objects.count()) == (180, 1)


def test_of_rewards_in_one_exclusive_group_the_first_in_priority_is_given(desk, mug_rule, program, coffee):
    mug_rule.exclusive_group = "gifts"
    mug_rule.save()
    EarningRuleFactory(
        program=program, effect="reward", reward=coffee, points=None, exclusive_group="gifts", priority=1
    )
    assert reasons(desk.record(60)) == ["lost_in_group"]
    assert Voucher.objects.get().reward == coffee


def test_when_the_stock_has_run_out_the_decision_says_so_and_no_cap_is_used_up(desk, mug_rule, mug):
    mug_rule.cap_per_member = 1
    mug_rule.save()
    Reward.objects.filter(pk=mug.pk).update(stock=0)
    assert reasons(desk.record(60)) == ["out_of_stock"]
    Reward.objects.filter(pk=mug.pk).update(stock=5)
    assert reasons(desk.record(60)) == ["matched"]
    assert Voucher.objects.count() == 1


def test_the_last_piece_goes_to_the_first_of_a_batch(desk, mug_rule, mug):
    Reward.objects.filter(pk=mug.pk).update(stock=1)
    batch = [desk.activity(60), desk.activity(60)]
    answers = record_activities(program=desk.program, source="till", activities=batch, at=NOON)
    assert [reasons(answer) for answer in answers] == [["matched"], ["out_of_stock"]]


def test_a_history_brings_points_and_no_rewards(desk, mug_rule):
    (recorded,) = desk.load(desk.activity(60))
    assert recorded.granted == 60
    assert of_mugs(recorded) == []
    assert not Voucher.objects.exists()


def test_calculating_gives_nothing_away(desk, mug_rule, mug, program):
    Reward.objects.filter(pk=mug.pk).update(stock=1)
    answer = calculate(program=program, source="till", activity=desk.activity(60), at=NOON)
    assert reasons(answer) == ["matched"]
    mug.refresh_from_db()
    assert (mug.stock, Voucher.objects.count()) == (1, 0)


# Refunds


def test_a_refund_of_a_part_leaves_the_reward(desk, mug_rule):
    desk.record(60, external_id="sale")
    assert of_mugs(desk.refund("sale", 10)) == []
    assert Voucher.objects.get().state == "unused"


def test_a_whole_refund_withdraws_the_unused_reward_whatever_the_rule_says_by_now(desk, mug_rule, program, mug):
    desk.record(60, external_id="sale")
    versions.retire_rule(rule=mug_rule, at=NOON + DAY / 2)
    desk.refund("sale", 10)
    assert reasons(desk.refund("sale")) == ["reward_withdrawn"]
    assert Voucher.objects.get().state == "withdrawn"


def test_a_used_reward_stays_and_is_noted(desk, mug_rule, program):
    desk.record(60, external_id="sale")
    code = Voucher.objects.get().code
    redeem_voucher(program=program, code=code, source="till", external_id="other", at=NOON + DAY / 2)
    assert reasons(desk.refund("sale")) == ["reward_kept"]
    assert Voucher.objects.get().state == "used"


def test_a_purchase_and_its_refund_may_come_in_one_batch(desk, mug_rule):
    batch = [desk.activity(60, external_id="sale"), desk.activity(None, kind="refund", refunds="sale")]
    answers = record_activities(program=desk.program, source="till", activities=batch, at=NOON)
    assert reasons(answers[1]) == ["reward_withdrawn"]
    assert Voucher.objects.get().state == "withdrawn"


# Words


def test_the_rule_and_its_outcome_name_the_reward_in_the_reader_s_language(desk, mug_rule, mug):
    (outcome,) = of_mugs(desk.record(60))
    assert explain(outcome, currency="EUR") == "The reward “Mug”."
    mug_rule.cap_per_month = 2
    assert describe(mug_rule) == "the reward “Mug” · of at least €50.00 · at most 2 rewards per month"
    with translation.override("fr"):
        assert "Tasse" in explain(outcome, currency="EUR")
        assert "Tasse" in describe(mug_rule)


def test_an_outcome_keeps_the_name_that_the_reward_had(desk, mug_rule, mug):
    (outcome,) = of_mugs(desk.record(60))
    Reward.objects.filter(pk=mug.pk).update(name_en="Cup")
    assert explain(outcome, currency="EUR") == "The reward “Mug”."


# Nonsense


def test_a_rule_that_gives_a_reward_needs_one_of_its_own_program(program):
    def add(**terms):
        versions.add_rule(program=program, code="gift", name="Gift", effect="reward", at=NOON, **terms)

    with pytest.raises(RuleRefused) as refusal:
        add()
    assert "reward" in refusal.value.error_dict
    with pytest.raises(RuleRefused) as refusal:
        add(reward=RewardFactory(program=ProgramFactory()))
    assert "reward" in refusal.value.error_dict


def test_a_rule_that_gave_points_does_not_turn_to_rewards(desk, base_rule, mug):
    desk.record(10)
    with pytest.raises(RuleRefused) as refusal:
        versions.revise_rule(rule=base_rule, changes={"effect": "reward", "reward": mug}, at=NOON + DAY)
    assert "effect" in refusal.value.error_dict
