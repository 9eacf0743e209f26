"""Staff make, replace and revoke keys; the text of a key is shown once."""

import re

import pytest
from django.test import Client

from loyalty.api.models import ApiKey
from tests.factories.api import ApiKeyFactory
from tests.factories.programs import UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/api/apikey/"


@pytest.fixture
def manager():
    browser = Client(headers={"accept-language": "en"})
    browser.user = UserFactory(groups=["partner manager"])
    browser.force_login(browser.user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def shown_key(answer):
    return re.search(r"data-key>([^<]+)<", answer.content.decode())[1]


def test_a_key_is_made_and_shown_once(manager, hotel):
    terms = {"partner": hotel.pk, "name": "till", "scopes": ["members:read"], "environment": "test"}
    answer = manager.post(f"{ADDRESS}make/", terms | {"allowed_networks": "203.0.113.0/24", "last_day": "2099-12-31"})
    key = ApiKey.objects.get()

    assert key.is_valid(shown_key(answer))
    assert "no-store" in answer["Cache-Control"]
    assert (key.scopes, key.allowed_networks, f"{key.expiry_date:%Y-%m-%d}") == (
        ["members:read"],
        ["203.0.113.0/24"],
        "2100-01-01",
    )
    assert key.history.get().history_user == manager.user
    page = manager.get(f"{ADDRESS}{key.pk}/change/").content.decode()
    assert key.hashed_key not in page
    assert shown_key(answer) not in page


def test_what_is_no_network_is_told(manager, hotel):
    terms = {"partner": hotel.pk, "name": "till", "scopes": ["members:read"], "environment": "test"}
    answer = manager.post(f"{ADDRESS}make/", terms | {"allowed_networks": "home"})

    assert "is not a network" in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_last_day_that_is_over_is_told(manager, hotel):
    terms = {"partner": hotel.pk, "name": "till", "scopes": ["members:read"], "environment": "test"}
    answer = manager.post(f"{ADDRESS}make/", terms | {"last_day": "2020-12-31"})

    assert "The last day lies in the past." in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_key_is_replaced_and_revoked(manager, hotel):
    key = ApiKeyFactory(partner=hotel)

    new = ApiKey.objects.get_from_key(shown_key(manager.post(f"{ADDRESS}{key.pk}/rotate/", {"days": 3})))
    assert new.replaces == key
    assert "replaced already" in manager.post(f"{ADDRESS}{key.pk}/rotate/", {"days": 3}).content.decode()

    manager.post(f"{ADDRESS}{new.pk}/revoke/")
    new.refresh_from_db()
    assert new.revoked
    assert "revoked" in manager.get(ADDRESS).content.decode()
