"""Staff at their screens: `as_role("finance")` is a browser in which somebody of that role has signed in."""

import re

import pytest
from django.test import Client

from tests.factories.programs import UserFactory


@pytest.fixture
def sign_in(db):
    def sign_in(user, language="en"):
        browser = Client(headers={"accept-language": language})
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        browser.user = user
        return browser

    return sign_in


@pytest.fixture
def as_role(sign_in):
    def as_role(role, language="en", stores=()):
        return sign_in(UserFactory(groups=[role], stores=stores), language)

    return as_role


@pytest.fixture
def text_of():
    """What a reader sees of a page: its text without tags, in single spaces."""

    def text_of(response):
        body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&#x27;", "'").split())

    return text_of
