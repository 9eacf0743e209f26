"""Staff at their screens: `as_role("partner manager")` is a browser in which somebody of that role has signed in."""

import pytest
from django.test import Client

from tests.factories.programs import UserFactory


@pytest.fixture
def as_role(db):
    def as_role(role, language="en"):
        browser = Client(headers={"accept-language": language})
        browser.user = UserFactory(groups=[role])
        browser.force_login(browser.user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return as_role
