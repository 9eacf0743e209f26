"""Every address of the members' pages: what it says to browsers and to search engines.

Who may open it is in `tests/config/addresses.csv`.
"""

import re

import pytest
from django.test import Client

from loyalty.portal.urls import urlpatterns
from tests.factories.challenges import ChallengeFactory, CodeBatchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def paths(program, coffee):
    CodeBatchFactory(program=program)
    challenge = ChallengeFactory(program=program, is_opt_in=True)
    rows = {"challenge": challenge.pk, "reward": coffee.pk, "redemption": 987654321}
    rows |= {"program": program.code, "token": "made-up", "code": "NOBODY"}
    return {
        each.name: "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(rows[found[1]]), str(each.pattern))
        for each in urlpatterns
    }


def test_no_form_is_taken_without_its_token(ana_at_home, paths):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ana_at_home.browser.cookies
    strict.cookies.pop("csrftoken", None)
    assert {name: strict.post(path).status_code for name, path in paths.items()} == dict.fromkeys(paths, 403)


def test_pages_keep_to_the_strict_policy_and_are_nobodys_to_keep(ana_at_home, paths):
    for name, path in paths.items():
        response = ana_at_home.get(path)
        if response.status_code != 200 or name == "colours":
            continue
        html = response.content.decode()
        assert "unsafe" not in response.headers["Content-Security-Policy"], name
        inline = r"<style|<script(?! src=./static/)|style=|\son\w+="
        assert not re.search(rf"{inline}|https?://(?!127|www\.w3\.org)", html), name
        assert response.headers["Cache-Control"] == "no-store", name
        assert response.headers["Referrer-Policy"] == "same-origin", name
        assert response.headers.get("X-Robots-Tag") == (None if name in ("home", "join") else "noindex"), name


def test_the_programs_colours_are_a_sheet_of_their_own(program, client):
    program.colour, program.accent_colour = "#ffee00", "#112233"
    program.save()
    response = client.get("/club/les-halles/colours.css")
    assert response.headers["Content-Type"] == "text/css"
    assert "--colour: #ffee00" in response.content.decode()
    assert "--ink: #1a1a1a" in response.content.decode()
    assert "public" in response.headers["Cache-Control"]


def test_an_unknown_club_is_not_there(client, program):
    assert client.get("/club/nowhere/").status_code == 404
    assert client.get("/club/nowhere/poster/").status_code == 404


def test_the_poster_leads_to_the_sign_up(client, program, administrator, settings):
    client.force_login(administrator)
    html = client.get("/club/les-halles/poster/").content.decode()
    assert f"{settings.SITE_URL}/club/les-halles/join/" in html
    assert "<svg" in html


def test_the_admin_leads_to_the_sign_up_and_the_poster(client, program, administrator):
    client.force_login(administrator)
    for action, path in [("sign-up", "join"), ("poster", "poster")]:
        response = client.get(f"/admin/programs/program/{program.pk}/{action}/")
        assert response.headers["location"] == f"/club/les-halles/{path}/"
