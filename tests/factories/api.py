"""A partner's system at the door: keys, and a caller that says what the contract asks of every request.

The hotel (of `tests.factories.partners`) calls by the fixture `hotel_api`, the airline by `airline_api`; both may do
everything. `hotel_api.post("activities", body)` sends an Idempotency-Key of its own unless `key=` is given.
"""

import json
from uuid import uuid4

import factory
import pytest
from django.test import Client
from django.utils import timezone

from loyalty.api.models import ApiKey
from loyalty.api.operations import create_key
from loyalty.api.scopes import Scope
from tests.factories.partners import PartnerFactory


class ApiKeyFactory(factory.django.DjangoModelFactory):
    """`ApiKeyFactory().text` is what a caller sends."""

    class Meta:
        model = ApiKey

    partner = factory.SubFactory(PartnerFactory)
    name = "till"
    scopes = Scope.values

    @classmethod
    def _create(cls, model_class, **terms):
        key, text = create_key(at=timezone.now(), **terms)
        key.text = text
        return key


class Caller:
    """Calls /api/v1/ as one key. Answers are Django's, whose `.json()` is the body."""

    def __init__(self, key, **headers):
        self.key, self.partner = key, key.partner
        self.client = Client(raise_request_exception=True)
        self.headers = {"Authorization": f"Api-Key {key.text}", "Accept-Language": "en"} | headers

    def get(self, path, query=None, **headers):
        return self.client.get(self._path(path), query, headers=self.headers | headers)

    def post(self, path, body=None, key=None, **headers):
        headers = {"Idempotency-Key": key or str(uuid4())} | headers
        return self._send("POST", path, body, headers)

    def patch(self, path, body, etag=None, **headers):
        return self._send("PATCH", path, body, headers | ({"If-Match": etag} if etag else {}))

    def put(self, path, body, etag=None, **headers):
        return self._send("PUT", path, body, headers | ({"If-Match": etag} if etag else {}))

    def delete(self, path, **headers):
        return self._send("DELETE", path, None, headers)

    def _send(self, method, path, body, headers):
        data = body if isinstance(body, (str, bytes)) else "" if body is None else json.dumps(body)
        headers = {name: value for name, value in (self.headers | headers).items() if value is not None}
        return self.client.generic(method, self._path(path), data, content_type="application/json", headers=headers)

    def _path(self, path):
        return path if path.startswith("/") else f"/api/v1/{path}"


@pytest.fixture
def hotel_api(hotel):
    return Caller(ApiKeyFactory(partner=hotel))


@pytest.fixture
def airline_api(airline):
    return Caller(ApiKeyFactory(partner=airline))
