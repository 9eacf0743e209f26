"""What the tests of tiers share beside the cast."""

import re

import pytest
from django.test import Client

from tests.factories.programs import UserFactory
from tests.factories.tiers import Trail, outdoor_tiers


@pytest.fixture
def tiers(program):
    """Three tiers by the points of the calendar year."""
    return outdoor_tiers(program)


@pytest.fixture
def trail(program, tiers, ana):
    return Trail(program, ana)


@pytest.fixture
def as_role(db):
    """A browser in which somebody of that role has signed in."""

    def as_role(role, language="en"):
        browser = Client(headers={"accept-language": language})
        browser.force_login(UserFactory(groups=[role]), backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return as_role


@pytest.fixture
def text_of():
    """What a reader sees of a page: its text without tags, in single spaces."""

    def text_of(response):
        body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&#x27;", "'").split())

    return text_of
