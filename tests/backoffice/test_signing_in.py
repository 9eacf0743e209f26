"""The login page leads where one wanted to go, and lets nobody guess passwords for long."""

import pytest
from axes.models import AccessAttempt

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"


def sign_in(client, user, password="secret", query=""):
    return client.post(f"{LOGIN}{query}", {"username": user.username, "password": password})


def test_it_leads_home(client, marketer):
    assert sign_in(client, marketer).headers["location"] == "/admin/"


def test_it_leads_to_the_page_that_was_asked_for(client, marketer):
    page = client.get("/admin/members/member/")

    assert sign_in(client, marketer, query="?" + page.headers["location"].partition("?")[2]).headers["location"] == (
        "/admin/members/member/"
    )


def test_it_does_not_lead_to_another_site(client, marketer):
    assert sign_in(client, marketer, query="?next=https://evil.example/").headers["location"] == "/admin/"


def test_an_administrator_unlocks_somebody_who_failed_too_often(client, marketer, as_role):
    for _ in range(6):
        sign_in(client, marketer, "wrong")
    assert sign_in(client, marketer).status_code == 429
    administrator, attempt = as_role("administrator"), AccessAttempt.objects.get()

    assert administrator.get(f"/admin/axes/accessattempt/{attempt.pk}/change/").status_code == 200
    administrator.post(f"/admin/axes/accessattempt/{attempt.pk}/delete/", {"post": "yes"})

    assert sign_in(client, marketer).headers["location"] == "/admin/"
