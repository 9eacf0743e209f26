"""Staff set a program up, change its promise, and announce its end."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from loyalty.programs.models import Program, Store
from tests.factories.programs import StoreFactory, UserFactory


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator)
    return client


def filled_in(**changes):
    return {
        "name": "Grand Bazar",
        "code": "grand-bazar",
        "currency_name_en": "stars",
        "currency_name_fr": "étoiles",
        "money_currency": "EUR",
        "time_zone": "Europe/Paris",
        "expiry": "fixed",
        "expiry_months": "12",
        "expiry_round_up": "none",
        "expiry_days": "06-30; 12-31",
        "expiry_reset_kinds": "",
        "earn_on": "net",
        "rounding": "floor",
        "refund_policy": "debt",
        "max_activity_age_days": "30",
        "excluded_categories": "tobacco, gift cards",
        "excluded_skus": "",
        "language": "fr",
        "phone_region": "FR",
        "terms_version": "1",
        "colour": "#112233",
        "accent_colour": "#445566",
        "stores-TOTAL_FORMS": "2",
        "stores-INITIAL_FORMS": "0",
        "stores-0-name": "Rue de la République",
        "stores-1-name": "",
    } | changes


def test_a_program_is_made_from_its_form_with_lists_separated_by_commas(desk):
    desk.post(reverse("admin:programs_program_add"), filled_in())
    program = Program.objects.get(code="grand-bazar")
    assert program.expiry_days == ["06-30", "12-31"]
    assert program.excluded_categories == ["tobacco", "gift cards"]


def test_its_first_stores_are_opened_with_it_under_codes_from_their_names(desk):
    response = desk.post(reverse("admin:programs_program_add"), filled_in())
    store = Store.objects.get()
    assert (store.code, store.program.code) == ("rue-de-la-republique", "grand-bazar")
    assert response.headers["location"] == reverse("admin:programs_program_change", args=[store.program_id])


def test_a_store_whose_name_gives_no_code_asks_for_one(desk):
    page = desk.post(reverse("admin:programs_program_add"), filled_in(**{"stores-0-name": "北京"}))
    assert page.context["inline_admin_formsets"][0].formset.errors[0].keys() == {"code"}
    assert not Program.objects.exists()


def test_a_wrong_day_is_refused_on_the_form(desk):
    page = desk.post(reverse("admin:programs_program_add"), filled_in(expiry_days="31/12"))
    assert "“31/12” is not a day of the year" in page.content.decode()
    assert not Program.objects.exists()


def test_money_and_time_zone_stay_as_they_were_made(desk, program):
    desk.post(
        reverse("admin:programs_program_change", args=[program.pk]),
        filled_in(name="Halles", money_currency="USD", time_zone="UTC", code="other"),
    )
    program.refresh_from_db()
    assert (program.name, program.money_currency, program.time_zone) == ("Halles", "EUR", "Europe/Paris")
    assert program.code == "les-halles"


def test_the_history_says_who_changed_the_promise(desk, program, administrator):
    desk.post(reverse("admin:programs_program_change", args=[program.pk]), filled_in(refund_policy="clamp"))
    change = program.history.first()
    assert (change.refund_policy, change.history_user) == ("clamp", administrator)
    page = desk.get(reverse("admin:programs_program_history", args=[program.pk]))
    assert administrator.username in page.content.decode()


def test_nobody_deletes_a_program_or_a_store(desk, store):
    assert desk.get(reverse("admin:programs_program_delete", args=[store.program.pk])).status_code == 403
    assert desk.get(reverse("admin:programs_store_delete", args=[store.pk])).status_code == 403


def test_the_closing_is_announced_from_the_programs_page(desk, program):
    url = reverse("admin:programs_program_announce_closing", args=[program.pk])
    assert desk.get(url).status_code == 200
    days = {"last_earning_date": "2098-01-31", "last_redemption_date": "2098-03-31", "final_expiry_date": "2098-06-30"}
    refused = desk.post(url, days | {"final_expiry_date": "2098-01-01"})
    assert "Points must not expire before the last redemption day." in refused.content.decode()
    desk.post(url, days)
    program.refresh_from_db()
    assert program.closing_announced_date is not None
    page = desk.get(reverse("admin:programs_program_change", args=[program.pk])).content.decode()
    assert "closing announced" in page


def test_an_announced_closing_is_withdrawn_and_only_then(desk, program):
    url = reverse("admin:programs_program_withdraw_closing", args=[program.pk])
    assert desk.post(url, {"confirmed": "on"}).status_code == 403
    test_the_closing_is_announced_from_the_programs_page(desk, program)
    desk.post(url, {"confirmed": "on"})
    program.refresh_from_db()
    assert program.closing_announced_date is None


def test_a_store_is_opened_with_the_programs_time(desk, program):
    url = reverse("admin:programs_store_add")
    desk.post(url, {"program": program.pk, "name": "Nantes", "code": "nantes", "is_active": "on", "time_zone": ""})
    assert program.stores.get(code="nantes").tzinfo == program.tzinfo


def test_store_managers_see_the_stores_they_work_in(client, store):
    elsewhere = StoreFactory(program=store.program, name="Elsewhere")
    manager = UserFactory(stores=[store])
    manager.user_permissions.add(Permission.objects.get(codename="view_store"))
    client.force_login(manager)
    page = client.get(reverse("admin:programs_store_changelist")).content.decode()
    assert store.name in page
    assert elsewhere.name not in page


@pytest.mark.parametrize("name", ["program", "store"])
def test_the_lists_and_pages_open_in_both_languages(desk, store, name):
    row = store if name == "store" else store.program
    for language in ("en", "fr"):
        desk.cookies["django_language"] = language
        assert desk.get(reverse(f"admin:programs_{name}_changelist"), {"q": row.name}).status_code == 200
        assert desk.get(reverse(f"admin:programs_{name}_change", args=[row.pk])).status_code == 200
        assert desk.get(reverse(f"admin:programs_{name}_add")).status_code == 200
