"""A marketing manager keeps the catalogue: money with decimals, days of the program, a stock that sales go on using."""

from datetime import datetime

import pytest
from django.urls import reverse

from rewards import operations
from rewards.models import Reward
from tests.factories.programs import StoreFactory
from tests.factories.rewards import SPRING, RewardFactory

pytestmark = pytest.mark.django_db
ADD = reverse("admin:rewards_reward_add")


def page_of(reward):
    return reverse("admin:rewards_reward_change", args=[reward.pk])


def filled_in(**values):
    return {
        "code": "five-off",
        "name_en": "Five off",
        "name_fr": "Cinq de moins",
        "kind": "discount_amount",
        "amount": "5.00",
        "points_price": "400",
        "voucher_uses": "1",
        "is_active": "on",
        "items-TOTAL_FORMS": "0",
        "items-INITIAL_FORMS": "0",
    } | values


@pytest.fixture
def marketing(as_role):
    return as_role("marketing")


def errors_of(response):
    assert response.status_code == 200
    return response.context["adminform"].form.errors


def test_an_amount_is_typed_with_decimals_and_kept_in_cents(marketing, program):
    response = marketing.post(ADD, filled_in(program=program.pk, amount="7.50", stock="20"))
    assert response.status_code == 302
    reward = Reward.objects.get()
    assert (reward.amount, reward.stock, reward.history.get().history_user) == (750, 20, marketing.user)
    assert b'value="7.50"' in marketing.get(page_of(reward)).content


def test_a_currency_without_decimals_refuses_them(marketing, program):
    program.money_currency = "JPY"
    program.save()
    assert "amount" in errors_of(marketing.post(ADD, filled_in(program=program.pk, amount="7.50")))


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "discount_percent", "percent": ""},
        {"kind": "discount_percent", "percent": "101"},
        {"amount": ""},
        {"amount": "0"},
        {"amount": "-5"},
        {"amount": "NaN"},
        {"points_price": "0"},
        {"voucher_uses": "0"},
        {"first_day": "2030-03-02", "last_day": "2030-03-01"},
        {"minimum_basket": "0"},
        {"kind": "partner", "partner_name": ""},
        {"early_day": "2030-03-01", "audience_tiers": "gold"},
        {"first_day": "2030-03-02", "early_day": "2030-03-02", "audience_tiers": "gold"},
        {"first_day": "2030-03-02", "early_day": "2030-03-01"},
    ],
)
def test_nonsense_is_answered_at_the_form(marketing, program, values):
    assert errors_of(marketing.post(ADD, filled_in(program=program.pk, **values)))
    assert not Reward.objects.exists()


def test_days_are_those_of_the_program_and_the_last_one_is_included(marketing, program):
    marketing.post(ADD, filled_in(program=program.pk, first_day="2030-03-01", last_day="2030-03-31"))
    reward = Reward.objects.get()
    assert reward.valid_from == datetime(2030, 3, 1, tzinfo=program.tzinfo)
    assert reward.valid_to == datetime(2030, 4, 1, tzinfo=program.tzinfo)
    page = marketing.get(page_of(reward))
    form = page.context["adminform"].form
    assert (str(form["first_day"].initial), str(form["last_day"].initial)) == ("2030-03-01", "2030-03-31")


def test_what_its_vouchers_count_for_and_for_whom(marketing, program):
    terms = {"minimum_basket": "30.00", "categories": "wine, cheese", "is_stackable": "on", "exclusive_group": "spring"}
    whom = {"audience_tiers": "gold, platinum", "first_day": "2030-03-08", "early_day": "2030-03-01"}
    assert marketing.post(ADD, filled_in(program=program.pk, **terms, **whom)).status_code == 302
    reward = Reward.objects.get()
    assert (reward.minimum_basket, reward.categories, reward.is_stackable) == (3000, ["wine", "cheese"], True)
    assert reward.audience_tiers == ["gold", "platinum"]
    assert reward.early_from == datetime(2030, 3, 1, tzinfo=program.tzinfo)
    form = marketing.get(page_of(reward)).context["adminform"].form
    assert (str(form["early_day"].initial), str(form["minimum_basket"].initial)) == ("2030-03-01", "30.00")


def test_what_the_vouchers_of_somebody_count_for_is_fixed_and_said_in_words(marketing, program, ana):
    reward = RewardFactory(program=program, minimum_basket=3000, categories=["wine"], is_stackable=False)
    operations.issue_voucher(program=program, reward=reward, member_id=ana.pk, at=SPRING)
    page = marketing.get(page_of(reward)).content.decode()
    assert "From €30.00 on, for wine, not together with other vouchers" in page
    marketing.post(page_of(reward), filled_in(code=reward.code, minimum_basket="1.00"))
    reward.refresh_from_db()
    assert (reward.minimum_basket, reward.is_stackable) == (3000, False)


def test_the_stores_are_those_of_the_program(marketing, program, store):
    elsewhere = StoreFactory()
    assert "stores" in errors_of(marketing.post(ADD, filled_in(program=program.pk, stores=[elsewhere.pk])))
    marketing.post(ADD, filled_in(program=program.pk, stores=[store.pk]))
    assert list(Reward.objects.get().stores.all()) == [store]


def test_what_somebody_has_is_fixed(marketing, program, ana):
    reward = RewardFactory(program=program, code="five-off", kind="discount_amount", amount=500)
    operations.issue_voucher(program=program, reward=reward, member_id=ana.pk, at=SPRING)
    marketing.post(page_of(reward), filled_in(amount="1.00", name_en="Still five off"))
    reward.refresh_from_db()
    assert (reward.amount, reward.name_en) == (500, "Still five off")
    assert "€5.00 off" in marketing.get(page_of(reward)).content.decode()


def test_editing_a_reward_leaves_its_stock_to_the_sales(marketing, program, coffee):
    Reward.objects.update(stock=7)
    marketing.post(page_of(coffee), filled_in(kind="free_product", stock="100", name_en="Strong coffee"))
    coffee.refresh_from_db()
    assert (coffee.stock, coffee.name_en) == (7, "Strong coffee")


def change_stock(browser, reward, stock, seen):
    return browser.post(f"/admin/rewards/reward/{reward.pk}/stock/", {"stock": stock, "seen": seen})


def test_the_stock_is_counted_anew_by_its_own_verb(marketing, coffee):
    assert change_stock(marketing, coffee, "30", "").status_code == 302
    coffee.refresh_from_db()
    assert (coffee.stock, coffee.history.latest().history_user) == (30, marketing.user)


def test_a_stock_that_was_sold_from_meanwhile_is_not_overwritten(marketing, coffee):
    Reward.objects.update(stock=29)
    page = change_stock(marketing, coffee, "50", "30")
    assert "changed meanwhile" in page.content.decode()
    coffee.refresh_from_db()
    assert coffee.stock == 29


def test_nobody_deletes_a_reward(client, administrator, coffee):
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/admin/rewards/reward/{coffee.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_clerk_reads_the_catalogue(as_role, program):
    reward = RewardFactory(program=program, kind="discount_amount", amount=500)
    clerk = as_role("clerk")
    assert "€5.00 off" in clerk.get(page_of(reward)).content.decode()
    assert "€5.00 off" in clerk.get(reverse("admin:rewards_reward_changelist")).content.decode()
    clerk.post(page_of(reward), filled_in(name_en="Free for all"))
    reward.refresh_from_db()
    assert reward.name_en != "Free for all"
    assert change_stock(clerk, reward, "9", "").status_code == 403
