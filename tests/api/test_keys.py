"""Who may call, from where, until when, and for what."""

import io
import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from loyalty.api.models import ApiKey
from loyalty.api.operations import KeyRefused, change_key, revoke_key, rotate_key
from tests.factories.api import ApiKeyFactory, Caller

pytestmark = pytest.mark.django_db


def call(key, path="programs", **headers):
    answer = Caller(key).get(path, **headers)
    return answer.status_code, json.loads(answer.content).get("code")


def test_nobody_without_a_key(hotel):
    for header in [None, "Bearer abc", "Api-Key", "Api-Key x", "Api-Key abcdefgh.wrong", "Api-Key \xe9\x00.x"]:
        answer = Client().get("/api/v1/programs", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401, header
        assert answer["WWW-Authenticate"] == "Api-Key"
    assert "header Authorization" in Client().get("/api/v1/programs").json()["detail"]


def test_a_wrong_secret_is_no_key(hotel):
    key = ApiKeyFactory(partner=hotel)
    assert call(key) == (200, None)
    key.text = key.text[:-1] + ("a" if key.text[-1] != "a" else "b")
    assert call(key) == (401, "key_unknown")
    assert key.text not in str(vars(ApiKey.objects.get()))


def test_a_key_does_what_its_scopes_say(hotel):
    key = ApiKeyFactory(partner=hotel, scopes=["members:read"])

    assert call(key, "members") == (200, None)
    assert call(key, "programs") == (403, "scope_missing")
    assert Caller(key).post("members", {}).status_code == 403


@pytest.mark.parametrize(
    "networks, address, status",
    [(["203.0.113.0/24"], "203.0.113.7", 200), (["203.0.113.0/24"], "10.0.0.1", 403), (["2001:db8::/32"], "::1", 403)],
)
def test_a_key_works_from_its_networks(hotel, networks, address, status):
    key = ApiKeyFactory(partner=hotel, allowed_networks=networks)

    answer = Client(REMOTE_ADDR=address).get("/api/v1/programs", headers={"Authorization": f"Api-Key {key.text}"})

    assert answer.status_code == status


def test_an_end_a_revocation_another_environment_a_partner_who_left(
    hotel, time_machine, django_capture_on_commit_callbacks
):
    time_machine.move_to("2026-03-02T12:00:00Z", tick=False)
    key = ApiKeyFactory(partner=hotel, expires_at=timezone.now() + timedelta(hours=1))
    assert call(key) == (200, None)
    time_machine.shift(3600)
    assert call(key) == (401, "key_expired")

    key = ApiKeyFactory(partner=hotel)
    assert call(key) == (200, None)
    with django_capture_on_commit_callbacks(execute=True):
        revoke_key(key=key, at=timezone.now())
    assert call(key) == (401, "key_revoked")
    with pytest.raises(ValidationError):
        change_key(key=key, revoked=False, at=timezone.now())

    assert call(ApiKeyFactory(partner=hotel, environment="live")) == (401, "key_of_other_environment")

    hotel.is_active = False
    hotel.save()
    assert call(ApiKeyFactory(partner=hotel)) == (401, "partner_inactive")


def test_the_old_and_the_new_overlap(hotel, time_machine):
    time_machine.move_to("2026-03-02T12:00:00Z", tick=False)
    old = ApiKeyFactory(partner=hotel, scopes=["programs:read"])
    new, new_text = rotate_key(key=old, at=timezone.now(), overlap=timedelta(days=2))
    new.text = new_text

    assert (new.scopes, new.replaces_id, call(old), call(new)) == (["programs:read"], old.pk, (200, None), (200, None))
    with pytest.raises(KeyRefused):
        rotate_key(key=old, at=timezone.now())
    time_machine.shift(timedelta(days=2))
    cache.clear()
    assert (call(old), call(new)) == ((401, "key_expired"), (200, None))


def test_the_last_use_is_noted_once_a_minute(hotel, time_machine):
    time_machine.move_to("2026-03-02T12:00:00Z", tick=False)
    key = ApiKeyFactory(partner=hotel)
    seen = []
    for seconds in [0, 30, 31]:
        time_machine.shift(seconds)
        call(key)
        seen.append(f"{ApiKey.objects.get().last_used_at:%H:%M:%S}")

    assert seen == ["12:00:00", "12:00:00", "12:01:01"]


def test_who_asks_too_often_waits(hotel, settings, time_machine):
    time_machine.move_to("2026-03-02T12:00:20Z", tick=False)
    settings.API_REQUESTS_PER_MINUTE = 2
    key = ApiKeyFactory(partner=hotel)
    answers = [Caller(key).get("programs") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert (answers[2]["RateLimit-Limit"], answers[2]["RateLimit-Reset"], answers[2]["Retry-After"]) == (
        "2",
        "40",
        "40",
    )
    assert call(ApiKeyFactory(partner=hotel)) == (200, None)
    time_machine.shift(40)
    assert call(key) == (200, None)


def test_the_command_prints_a_key_once(hotel):
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "create_api_key",
        partner="hotel",
        scopes="members:read,activities:write",
        networks="203.0.113.0/24",
        expires="2099-01-01T00:00:00+01:00",
        stdout=out,
        stderr=err,
    )
    key = ApiKey.objects.get()

    assert key.is_valid(out.getvalue().strip())
    assert key.scopes == ["activities:write", "members:read"]
    assert (key.allowed_networks, key.expiry_date) == (["203.0.113.0/24"], parse_datetime("2098-12-31T23:00:00Z"))


@pytest.mark.parametrize(
    "terms",
    [{"partner": "nobody"}, {"scopes": "all:of:it"}, {"scopes": ""}, {"networks": "here"}, {"expires": "tomorrow"}],
)
def test_the_command_says_what_is_wrong(hotel, terms):
    with pytest.raises(CommandError):
        call_command("create_api_key", **{"partner": "hotel", "scopes": "members:read"} | terms)
    assert not ApiKey.objects.exists()


def test_a_key_that_is_over_already_is_not_made(hotel):
    out = io.StringIO()
    with pytest.raises(CommandError, match="The end of the key lies in the past."):
        call_command("create_api_key", partner="hotel", scopes="all", expires="2020-01-01T00:00:00+01:00", stdout=out)
    assert (out.getvalue(), ApiKey.objects.exists()) == ("", False)


def test_the_command_names_the_partners_that_there_are(hotel, airline):
    with pytest.raises(CommandError, match="air, hotel"):
        call_command("create_api_key", partner="nobody", scopes="all")


@pytest.mark.parametrize("wrong", [{"environment": "moon"}, {"hashed_key": ""}])
def test_the_database_refuses_keys_that_are_none(hotel, wrong):
    ApiKeyFactory(partner=hotel)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.update(**wrong)
