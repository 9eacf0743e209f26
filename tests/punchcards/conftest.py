"""Ana’s purchases at a till (`till`); `as_role("support")` is a browser in which staff of that role have signed in."""

import pytest
from django.test import Client

from tests.factories.programs import UserFactory
from tests.factories.punchcards import CardDesk


@pytest.fixture
def as_role(db):
    def as_role(role, language="en", stores=()):
        browser = Client(headers={"accept-language": language})
        browser.user = UserFactory(groups=[role], stores=stores)
        browser.force_login(browser.user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return as_role


@pytest.fixture
def till(program, ana):
    return CardDesk(program, ana)
