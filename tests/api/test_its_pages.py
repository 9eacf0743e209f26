"""What an engineer reads is served by the installation itself, under its own policy, without a key."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/api/docs/", "/api/docs/?lang=fr", "/api/docs/try/"])
def test_pages_need_no_other_host_and_no_inline_script(address):
    answer = Client().get(address)
    page = answer.content.decode()

    assert answer.status_code == 200
    assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", page) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
    assert "unsafe-inline" not in answer["Content-Security-Policy"]


def test_the_guide_speaks_the_readers_language():
    french = Client().get("/api/docs/", headers={"Accept-Language": "fr"}).content.decode()

    assert 'lang="fr"' in french
    assert "La première heure" in french
    assert "The first hour" in Client().get("/api/docs/?lang=en", headers={"Accept-Language": "fr"}).content.decode()


def test_the_schema_tells_the_contract():
    schema = Client().get("/api/schema/", headers={"Accept": "application/json"}).json()
    post = schema["paths"]["/api/v1/activities"]["post"]

    assert schema["openapi"].startswith("3.1")
    assert [each["name"] for each in post["parameters"]] == ["Idempotency-Key"]
    assert {"201", "400", "401", "403", "404", "409", "413", "415", "422", "429"} <= set(post["responses"])
    assert "Scope: `activities:write`" in post["description"]
    assert {"ApiKey": []} in post["security"]


def test_api_leads_to_the_guide():
    assert Client().get("/api/")["Location"] == "/api/docs/"
