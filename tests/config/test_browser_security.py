import pytest
from django.test import RequestFactory, override_settings

from loyalty.lib.client import client_address


def policy_of(response):
    directives = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in directives}


@pytest.mark.django_db
def test_the_admin_may_evaluate_its_attributes(client):
    policy = policy_of(client.get("/admin/login/"))

    assert policy["script-src"] == ["'self'", "'unsafe-eval'"]
    assert policy["style-src"] == ["'self'", "'unsafe-inline'"]


def test_no_other_page_may(client):
    policy = policy_of(client.get("/nowhere/"))

    assert policy["script-src"] == ["'self'"]
    assert policy["style-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]


@pytest.mark.django_db
def test_only_the_script_that_reads_the_cameras_pictures_may_compile_webassembly(client):
    assert policy_of(client.get("/counter/reader.js"))["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    for page in ("/counter/sign-in/", "/counter/worker.js", "/nowhere/"):
        assert policy_of(client.get(page))["script-src"] == ["'self'"]


@pytest.mark.django_db
def test_the_counter_alone_may_ask_for_the_camera(client):
    assert client.get("/counter/sign-in/")["Permissions-Policy"] == "camera=(self), microphone=(), geolocation=()"
    assert client.get("/nowhere/")["Permissions-Policy"] == "camera=(), microphone=(), geolocation=()"


def request(**headers):
    return RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **headers)


@override_settings(TRUSTED_PROXY=True)
def test_behind_a_trusted_proxy_the_address_that_it_appended_counts():
    assert client_address(request(HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.9")) == "203.0.113.9"
    assert client_address(request()) == "10.0.0.1"


@override_settings(TRUSTED_PROXY=False)
def test_without_a_proxy_nobody_chooses_their_own_address():
    assert client_address(request(HTTP_X_FORWARDED_FOR="203.0.113.9")) == "10.0.0.1"


@pytest.mark.django_db
def test_the_sixth_wrong_password_is_refused_unread(client, django_user_model):
    django_user_model.objects.create_superuser("anne", password="a long enough password")
    wrong = {"username": "anne", "password": "guess"}
    for _ in range(5):
        client.post("/admin/login/", wrong)

    locked = client.post("/admin/login/", wrong | {"password": "a long enough password"})

    assert locked.status_code == 429
    assert "_auth_user_id" not in client.session
