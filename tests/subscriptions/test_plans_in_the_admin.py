"""Marketing makes a plan with its prices in a form: money with decimals, nonsense refused at its field."""

import pytest
from django.urls import reverse

from loyalty.subscriptions.models import Plan, PlanPrice
from tests.factories.rewards import RewardFactory
from tests.factories.subscriptions import add_plan, noon, subscribe

pytestmark = pytest.mark.django_db
ADD = reverse("admin:subscriptions_plan_add")


def filled(program, *prices, **terms):
    data = {
        "program": program.pk,
        "code": "prime",
        "name_en": "Prime",
        "name_fr": "Prime",
        "every": "year",
        "trial_days": 30,
        "grace_days": 7,
        "retry_days": "1, 3, 5, 7",
        "multiplier": "1",
        "is_active": "on",
        "prices-TOTAL_FORMS": len(prices),
        "prices-INITIAL_FORMS": 0,
    }
    for number, (currency, amount) in enumerate(prices):
        data |= {f"prices-{number}-currency": currency, f"prices-{number}-amount": amount}
    return data | terms


def errors(response):
    assert response.status_code == 200
    form = response.context["adminform"].form
    formset = response.context["inline_admin_formsets"][0].formset
    return form.errors, [*formset.errors, *formset.non_form_errors()]


def test_a_plan_with_its_prices_is_made_in_one_form(as_role, program):
    response = as_role("marketing").post(ADD, filled(program, ("EUR", "99.90"), ("JPY", "15000")))
    assert response.status_code == 302
    plan = Plan.objects.get()
    assert (plan.trial_days, plan.retry_days) == (30, [1, 3, 5, 7])
    assert dict(plan.prices.values_list("currency", "amount")) == {"EUR": 9990, "JPY": 15000}
    page = as_role("marketing").get(reverse("admin:subscriptions_plan_changelist")).content.decode()
    assert "€99.90 each year" in page
    assert "30 free days" in page


@pytest.mark.parametrize(
    ("terms", "field", "said"),
    [
        ({"trial_days": 400}, "trial_days", "longer than the period"),
        ({"retry_days": "soon"}, "retry_days", "numbers of days"),
        ({"retry_days": "9", "grace_days": 7}, "retry_days", "after the days of grace"),
        ({"multiplier": "0"}, "multiplier", "greater than or equal"),
        ({"recurs": ""}, "__all__", "both"),
    ],
)
def test_nonsense_is_refused_at_its_field(as_role, program, terms, field, said):
    gift = {"recurring_reward": RewardFactory(program=program).pk} if "recurs" in terms else {}
    response = as_role("marketing").post(ADD, filled(program, ("EUR", "10"), **gift, **terms))
    assert said in str(errors(response)[0][field])
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ([("USD", "10")], "Give a price in EUR"),
        ([("EUR", "-1")], "greater than or equal to 0"),
        ([("EUR", "10.001")], "no more than 2 decimals"),
        ([("eur", "10")], "three-letter"),
        ([("EUR", "10"), ("EUR", "11")], "duplicate"),
    ],
)
def test_prices_that_make_no_sense_are_refused(as_role, program, prices, said):
    response = as_role("marketing").post(ADD, filled(program, *prices))
    assert said in str(errors(response)[1])
    assert not PlanPrice.objects.exists()


def test_once_somebody_has_subscribed_the_rhythm_is_fixed_and_the_rest_is_not(as_role, program, ana, plus):
    subscribe(program, ana, plus, noon(2025, 1, 1))
    address = reverse("admin:subscriptions_plan_change", args=[plus.pk])
    price = plus.prices.get()
    data = filled(program, ("EUR", "12"), every="year", trial_days=0) | {
        "prices-INITIAL_FORMS": 1,
        "prices-0-id": price.pk,
        "prices-0-plan": plus.pk,
    }
    assert as_role("marketing").post(address, data).status_code == 302
    plus.refresh_from_db()
    price.refresh_from_db()
    assert (plus.every, plus.name_en, price.amount) == ("month", "Prime", 1200)


def test_who_may_only_look_reads_prices_with_decimals(as_role, program):
    plan = add_plan(program, price=123456)
    page = as_role("support").get(reverse("admin:subscriptions_plan_change", args=[plan.pk])).content.decode()
    assert "€1,234.56" in page
    assert "123456" not in page
