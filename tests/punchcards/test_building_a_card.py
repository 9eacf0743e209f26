"""A marketing manager builds a card in the admin: a free drink after five visits, without a developer."""

from datetime import datetime

import pytest
from django.urls import reverse

from loyalty.punchcards.models import PunchCardProgram
from tests.factories.programs import StoreFactory
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db
ADD = reverse("admin:punchcards_punchcardprogram_add")


def page_of(card):
    return reverse("admin:punchcards_punchcardprogram_change", args=[card.pk])


@pytest.fixture
def filled_in(program, coffee):
    def filled_in(**values):
        return {
            "program": program.pk,
            "code": "five-visits",
            "name_en": "Coffee",
            "name_fr": "Café",
            "punch_on": "visit",
            "kinds": ["purchase", "visit"],
            "punches_needed": "5",
            "reward": coffee.pk,
            "reward_quantity": "1",
            "carries_over": "on",
            "expiry": "never",
            "is_active": "on",
        } | values

    return filled_in


@pytest.fixture
def marketing(as_role):
    return as_role("marketing")


def errors_of(response):
    assert response.status_code == 200
    return response.context["adminform"].form.errors


def test_a_free_coffee_after_five_visits(marketing, filled_in, coffee):
    assert marketing.post(ADD, filled_in()).status_code == 302
    card = PunchCardProgram.objects.get()
    assert (card.punches_needed, card.reward, card.kinds) == (5, coffee, ["purchase", "visit"])
    assert card.history.get().history_user == marketing.user
    assert "5 visits → 1 × Coffee" in marketing.get(page_of(card)).content.decode()


def test_amounts_are_typed_with_decimals(marketing, filled_in):
    values = filled_in(punch_on="amount", per_amount="10.50", minimum_amount="5")
    assert marketing.post(ADD, values).status_code == 302
    card = PunchCardProgram.objects.get()
    assert (card.per_amount, card.minimum_amount) == (1050, 500)
    assert b'value="10.50"' in marketing.get(page_of(card)).content


def test_what_the_choice_hides_is_forgotten(marketing, filled_in):
    marketing.post(ADD, filled_in(per_amount="10", categories="coffee", expires_after="3"))
    card = PunchCardProgram.objects.get()
    assert (card.per_amount, card.categories, card.expires_after) == (None, [], None)


def test_items_are_named_as_the_tills_send_them(marketing, filled_in):
    marketing.post(ADD, filled_in(punch_on="item", kinds=["purchase"], categories="coffee, tea", skus="A1"))
    card = PunchCardProgram.objects.get()
    assert (card.categories, card.skus) == (["coffee", "tea"], ["A1"])


def test_kinds_of_one_s_own(marketing, filled_in):
    marketing.post(ADD, filled_in(kinds=["visit"], own_kinds="recycling"))
    card = PunchCardProgram.objects.get()
    assert card.kinds == ["visit", "recycling"]
    form = marketing.get(page_of(card)).context["adminform"].form
    assert (form.initial["kinds"], form.initial["own_kinds"]) == (["visit"], ["recycling"])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"punches_needed": "0"}, "punches_needed"),
        ({"punches_needed": "-3"}, "punches_needed"),
        ({"punches_needed": "1000000"}, "punches_needed"),
        ({"punch_on": "amount", "per_amount": ""}, "per_amount"),
        ({"punch_on": "amount", "per_amount": "0"}, "per_amount"),
        ({"punch_on": "amount", "per_amount": "1.005"}, "per_amount"),
        ({"expiry": "days", "expires_after": ""}, "expires_after"),
        ({"expiry": "days", "expires_after": "0"}, "expires_after"),
        ({"kinds": [], "own_kinds": ""}, "kinds"),
        ({"kinds": [], "own_kinds": "refund"}, "kinds"),
        ({"limit_per_day": "0"}, "limit_per_day"),
        ({"reward_quantity": "0"}, "reward_quantity"),
        ({"reward": ""}, "reward"),
        ({"program": ""}, "program"),
        ({"minimum_amount": "-1"}, "minimum_amount"),
        ({"first_day": "2030-03-02", "last_day": "2030-03-01"}, "last_day"),
    ],
)
def test_nonsense_is_answered_at_its_field(marketing, filled_in, values, field):
    assert field in errors_of(marketing.post(ADD, filled_in(**values)))
    assert not PunchCardProgram.objects.exists()


def test_the_same_code_twice(marketing, filled_in):
    marketing.post(ADD, filled_in())
    assert errors_of(marketing.post(ADD, filled_in()))
    assert PunchCardProgram.objects.count() == 1


def test_stores_and_rewards_are_of_the_program(marketing, filled_in, store):
    elsewhere = StoreFactory(code="nantes")
    assert "stores" in errors_of(marketing.post(ADD, filled_in(stores=[elsewhere.code])))
    assert "reward" in errors_of(marketing.post(ADD, filled_in(reward=RewardFactory().pk)))
    assert marketing.post(ADD, filled_in(stores=[store.code])).status_code == 302
    assert PunchCardProgram.objects.get().stores == [store.code]


def test_days_are_those_of_the_program(marketing, filled_in, program):
    marketing.post(ADD, filled_in(first_day="2030-03-01", last_day="2030-03-31"))
    card = PunchCardProgram.objects.get()
    assert card.valid_from == datetime(2030, 3, 1, tzinfo=program.tzinfo)
    assert card.valid_to == datetime(2030, 4, 1, tzinfo=program.tzinfo)


def test_program_and_code_are_fixed_once_it_exists(marketing, filled_in, card):
    marketing.post(page_of(card), filled_in(code="other", name_en="Strong coffee"))
    card.refresh_from_db()
    assert (card.code, card.name_en) == ("coffee", "Strong coffee")


def test_in_french(as_role, filled_in, card):
    french = as_role("marketing", language="fr")
    page = french.post(ADD, filled_in(punches_needed="0")).content.decode()
    assert "Une carte compte au moins une case à tamponner." in page
    assert "5 visites → 1 × Café" in french.get(page_of(card)).content.decode()


def test_who_only_reads_is_told_in_words(as_role, card):
    card.punch_on, card.per_amount, card.minimum_amount, card.channels = "amount", 1000, 500, ["web"]
    card.save()
    page = as_role("analyst").get(page_of(card)).content.decode()
    assert "5 × €10.00 → 1 × Coffee" in page
    assert "purchase or visit · by web · from €5.00 on" in page


def test_nobody_deletes_a_card(client, administrator, card):
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("admin:punchcards_punchcardprogram_delete", args=[card.pk])
    assert client.post(address, {"post": "yes"}).status_code == 403
