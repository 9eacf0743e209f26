"""The rules for paying with points and for the monthly issuance, typed with decimals and read in plain words."""

import pytest
from django.urls import reverse

from rewards.models import BurnRule, IssuanceRule
from tests.factories.programs import StoreFactory
from tests.factories.rewards import BurnRuleFactory, IssuanceRuleFactory

pytestmark = pytest.mark.django_db
ISSUING = {"currency": "points", "points": "100", "value": "5.00"}


@pytest.fixture
def marketing(as_role):
    return as_role("marketing")


def text_of(response):
    return response.content.decode()


def test_an_issuance_rule_is_said_in_words(marketing, program):
    address = reverse("admin:rewards_issuancerule_add")
    response = marketing.post(address, ISSUING | {"program": program.pk, "voucher_days": "60", "is_active": "on"})
    assert response.status_code == 302
    rule = IssuanceRule.objects.get()
    assert (rule.points, rule.value, rule.voucher_days) == (100, 500, 60)
    page = marketing.get(reverse("admin:rewards_issuancerule_change", args=[rule.pk]))
    assert "Each full 100 points → €5.00" in text_of(page)
    assert "Each full 100 points → €5.00" in text_of(marketing.get(reverse("admin:rewards_issuancerule_changelist")))


def test_a_program_has_one_issuance_rule(marketing, program):
    IssuanceRuleFactory(program=program)
    response = marketing.post(reverse("admin:rewards_issuancerule_add"), ISSUING | {"program": program.pk})
    assert "currency" in response.context["adminform"].form.errors


@pytest.mark.parametrize("values", [{"points": "0"}, {"value": "0"}, {"value": "0.001"}, {"voucher_days": "0"}])
def test_an_issuance_rule_that_gives_nothing_is_refused(marketing, program, values):
    filled_in = ISSUING | {"program": program.pk} | values
    response = marketing.post(reverse("admin:rewards_issuancerule_add"), filled_in)
    assert list(response.context["adminform"].form.errors) == list(values)


def test_a_rule_for_paying_with_points_is_said_in_words(marketing, program, store):
    response = marketing.post(
        reverse("admin:rewards_burnrule_add"),
        {
            "program": program.pk,
            "name": "At the till",
            "currency": "points",
            "points": "100",
            "value": "4.50",
            "minimum_points": "500",
            "largest_share": "50",
            "categories": "wine, cheese",
            "stores": [store.pk],
            "is_active": "on",
        },
    )
    assert response.status_code == 302
    rule = BurnRule.objects.get()
    assert (rule.value, rule.categories, list(rule.stores.all())) == (450, ["wine", "cheese"], [store])
    page = text_of(marketing.get(reverse("admin:rewards_burnrule_change", args=[rule.pk])))
    assert "Each full 100 points pay €4.50, from 500 points on, up to 50 % of the basket" in page


@pytest.mark.parametrize("values", [{"points": "0"}, {"value": "0"}, {"largest_share": "0"}, {"largest_share": "101"}])
def test_a_rule_that_pays_nothing_is_refused(marketing, program, values):
    filled_in = {
        "program": program.pk,
        "name": "x",
        "currency": "points",
        "points": "1",
        "value": "1",
        "largest_share": "100",
    }
    filled_in |= {"minimum_points": "0"} | values
    response = marketing.post(reverse("admin:rewards_burnrule_add"), filled_in)
    assert response.context["adminform"].form.errors
    assert not BurnRule.objects.exists()


def test_another_programs_store_is_refused(marketing, program):
    rule = BurnRuleFactory(program=program)
    filled_in = {
        "name": "x",
        "currency": "points",
        "points": "1",
        "value": "1",
        "largest_share": "100",
        "minimum_points": "0",
    }
    filled_in["stores"] = [StoreFactory().pk]
    response = marketing.post(reverse("admin:rewards_burnrule_change", args=[rule.pk]), filled_in)
    assert "stores" in response.context["adminform"].form.errors


def test_who_may_only_look_reads_the_sentence(as_role, program):
    finance = as_role("finance")
    burn, issuance = BurnRuleFactory(program=program), IssuanceRuleFactory(program=program)
    assert "100 points pay €5.00" in text_of(finance.get(reverse("admin:rewards_burnrule_change", args=[burn.pk])))
    page = text_of(finance.get(reverse("admin:rewards_issuancerule_change", args=[issuance.pk])))
    assert "100 points → €5.00" in page
    assert ">500<" not in page
