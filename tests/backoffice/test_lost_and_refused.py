"""Pages for whoever is lost, refused or locked out: a sentence in their language, and the way home."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def french(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return client


def test_an_address_that_leads_nowhere(french):
    response = french.get("/nowhere/")
    assert response.status_code == 404
    assert "Cette page n’existe pas" in response.content.decode()


def test_a_page_that_ones_role_does_not_include(as_role):
    response = as_role("clerk").get("/admin/ledger/entry/")
    assert response.status_code == 403
    assert "Your role does not include it" in response.content.decode()


def test_a_form_from_another_session():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})
    assert response.status_code == 403
    assert "nothing has been done" in response.content.decode()


def test_somebody_who_guesses_passwords(french, marketer):
    for _ in range(6):
        response = french.post("/admin/login/", {"username": marketer.username, "password": "wrong"})
    assert response.status_code == 429
    assert "Trop de connexions échouées" in response.content.decode()


def test_a_failure_of_the_site_itself(french, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("django.contrib.auth.views.LoginView.get", fail)
    french.raise_request_exception = False
    response = french.get("/admin/login/")
    assert response.status_code == 500
    page = response.content.decode()
    assert "Rien n’a été fait à moitié" in page
    assert "secret detail" not in page
