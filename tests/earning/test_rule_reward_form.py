"""A marketing manager writes a rule that gives a reward, for members of a tier."""

import pytest
from django.urls import reverse

from loyalty.earning.models import EarningRule
from tests.earning.test_rule_admin_form import ADD, added, errors, filled_in, page_of
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import RewardFactory


@pytest.fixture
def marketing(client, marketer):
    client.force_login(marketer)
    return client


@pytest.fixture
def cake(program):
    return RewardFactory(program=program, code="cake", name_en="Cake", name_fr="Gâteau", points_price=None)


GIFT = {"kind": "birthday", "effect": "reward", "points": "", "per_amount": ""}


def test_the_birthday_gift_is_a_rule_of_four_choices(marketing, program, cake):
    rule = added(marketing, program, **GIFT, reward=cake.pk)
    assert (rule.kind, rule.reward) == ("birthday", cake)
    listed = marketing.get(reverse("admin:earning_earningrule_changelist"), headers={"accept-language": "fr"})
    assert "Gâteau" in listed.content.decode()


def test_figures_of_another_effect_are_forgotten(marketing, program, cake):
    rule = added(marketing, program, effect="reward", reward=cake.pk, activation_delay_days="3")
    assert (rule.points, rule.per_amount, rule.activation_delay_days) == (None, None, 0)
    assert added_points(marketing, program, cake).reward is None


def added_points(marketing, program, cake):
    marketing.post(ADD, filled_in(program=program.pk, code="points", reward=cake.pk))
    return EarningRule.objects.get(code="points")


def test_the_reward_is_asked_for_and_is_the_program_s_own(marketing, program, cake):
    assert "reward" in errors(marketing, ADD, program=program.pk, code="rule", **GIFT)
    other = RewardFactory(program=ProgramFactory())
    assert "reward" in errors(marketing, ADD, program=program.pk, code="rule", **GIFT, reward=other.pk)


def test_the_form_of_a_rule_shows_its_reward_and_its_tiers(marketing, program, cake):
    rule = added(marketing, program, **GIFT, reward=cake.pk, tiers="gold, platinum", plans="yearly")
    assert (rule.tiers, rule.plans) == (["gold", "platinum"], ["yearly"])
    form = marketing.get(page_of(rule)).context["adminform"].form
    assert form.initial["reward"] == cake.pk
    assert form.initial["tiers"] == ["gold", "platinum"]
    marketing.post(page_of(rule), filled_in(**GIFT, reward=cake.pk, tiers="gold", plans="yearly"))
    rule.refresh_from_db()
    assert (rule.reward, rule.tiers) == (cake, ["gold"])
