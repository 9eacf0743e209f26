"""Whatever goes wrong is told in one form, in the language that was asked for, and never as a failure of ours."""

import inspect
import json
import pkgutil
from importlib import import_module

import pytest
from django.test import Client

from loyalty.api.problems import ROOMS, as_api_exception

pytestmark = pytest.mark.django_db
PROBLEM = {"type", "title", "status", "code", "detail", "errors", "request_id"}


def told(answer):
    assert answer["Content-Type"] == "application/problem+json", answer.content
    body = json.loads(answer.content)
    assert set(body) == PROBLEM
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer["X-Request-Id"]
    return body["status"], body["code"]


def test_errors_name_their_field(hotel_api, purchase):
    lines = [{"sku": "a", "quantity": 0}, {"sku": "b\x00", "unit_price": 3}]
    body = purchase | {"lines": lines, "amount": 12.5, "colour": "red", "member": {}, "occurred_at": "2026-03-02T12:00"}
    answer = hotel_api.post("activities", body)

    assert told(answer) == (400, "invalid")
    assert {each["field"]: each["code"] for each in answer.json()["errors"]} == {
        "colour": "unknown_field",
        "amount": "invalid",
        "occurred_at": "invalid",
        "member": "one",
        "lines.0.quantity": "min_value",
        "lines.1.sku": "unprintable",
        "lines.1.unit_price": "invalid",
    }


def test_bodies_that_cannot_be_read(hotel_api, guest):
    assert told(hotel_api.post("activities", "{")) == (400, "parse_error")
    assert told(hotel_api.post("activities", b"\xff\xfe")) == (400, "parse_error")
    assert told(hotel_api.post("activities", '{"amount": NaN}')) == (400, "parse_error")
    assert told(hotel_api.post("activities", "[" * 100_000)) == (400, "parse_error")
    assert told(hotel_api.post("activities", "[]")) == (400, "invalid")
    assert told(hotel_api.post("activities", '{"kind": "\\ud800"}')) == (400, "invalid")
    assert told(hotel_api.post("activities", " " * 1_000_001)) == (413, "too_large")
    answer = hotel_api.client.post("/api/v1/activities", {"a": 1}, headers=hotel_api.headers | {"Idempotency-Key": "k"})
    assert told(answer) == (415, "unsupported_media_type")


def test_addresses_and_methods_that_there_are_not(hotel_api, guest):
    assert told(hotel_api.get("nothing")) == (404, "not_found")
    assert told(hotel_api.get("/api/v2/members")) == (404, "not_found")
    assert told(hotel_api.get("members/17")) == (404, "not_found")
    refused = hotel_api.delete("members")
    assert told(refused) == (405, "method_not_allowed")
    assert "POST" in refused["Allow"]
    assert told(hotel_api.get("programs", Accept="text/html")) == (406, "not_acceptable")
    assert told(hotel_api.get("members", {"colour": "red"})) == (400, "invalid")
    assert told(hotel_api.get("members", {"cursor": "nonsense"})) == (422, "cursor_invalid")
    slash = hotel_api.get("programs/")
    assert (slash.status_code, slash["Location"]) == (308, "/api/v1/programs")


def test_refusals_of_the_house_keep_their_code_and_sentence(hotel_api, purchase):
    old = hotel_api.post("activities", purchase | {"occurred_at": "2020-01-01T00:00:00Z"})
    assert told(old) == (422, "too_old")
    assert old.json()["errors"][0]["field"] == "occurred_at"
    poor = hotel_api.post("activities", purchase | {"redeem_points": 50})
    assert poor.status_code == 422
    taken = hotel_api.post("members", {"email": "ZOE@example.com"})
    assert told(taken) == (422, "invalid")
    assert [(each["field"], each["code"]) for each in taken.json()["errors"]] == [("email", "email_taken")]
    again = hotel_api.post("members", {"email": "zoe@example.com", "external_id": "guest-7"})
    assert told(again) == (409, "external_id_taken")
    assert again.json()["errors"][0]["field"] == "external_id"


def test_in_french(hotel_api, purchase):
    answer = hotel_api.post("activities", purchase | {"store": "lille"}, **{"Accept-Language": "fr"})

    assert answer.json()["detail"] == "Le programme n’a pas de magasin «\N{NO-BREAK SPACE}lille\N{NO-BREAK SPACE}»."


def test_a_request_keeps_the_name_that_its_caller_gave_it(hotel_api, guest, caplog):
    answer = hotel_api.get("nothing", **{"X-Request-Id": "till-4-0815"})

    assert answer["X-Request-Id"] == "till-4-0815"
    assert len(Client().get("/api/docs/", headers={"X-Request-Id": "no such name\t"})["X-Request-Id"]) == 32


def test_a_host_that_is_not_the_sites_is_a_problem_too(hotel_api):
    wrong = hotel_api.get("programs", Host="evil.example")
    assert told(wrong) == (400, "host_unknown")
    assert wrong["Content-Type"] == "application/problem+json"
    assert Client().get("/admin/", headers={"Host": "evil.example"})["Content-Type"].startswith("text/html")


def refusals_of_the_house():
    """Every exception of the rooms that has a code, wherever it is defined."""
    found = set()
    for room in ROOMS:
        package = import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if {"migrations", "management", "config", "demo"} & set(module.name.split(".")):
                continue
            members = inspect.getmembers(import_module(module.name), inspect.isclass)
            found |= {each for _name, each in members if issubclass(each, Exception) and each.__module__ == module.name}
    return {each for each in found if each.__name__.endswith(("Refused", "Unknown", "Ambiguous", "Points"))}


def test_every_refusal_of_the_house_has_an_answer():
    found = refusals_of_the_house()
    assert len(found) > 20
    for refusal in found:
        error = refusal.__new__(refusal)
        error.code, error.message, error.error_list = "some_code", "some sentence", []
        assert as_api_exception(error).status_code in (400, 404, 409, 422), refusal
