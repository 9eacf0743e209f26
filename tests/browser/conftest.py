"""A real browser on the pages that people touch: Debian's Chromium, with the site's own security policy in force.

`open_page` gives a page in French on a tablet; whatever the browser complains about on the way (a script that fails, a
file that is missing, something that the policy forbids) fails the test at its end.
"""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from loyalty.counter.operations import set_pin
from tests.browser.tablet import Tablet
from tests.factories.counter import TillBrowser

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
TABLET = {"width": 820, "height": 1180}
PATIENCE = 90_000  # milliseconds; a machine on which much else runs is no failure
WCAG_22_AA = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def pytest_collection_modifyitems(items):
    skip = pytest.mark.skip(reason="needs Chromium: install it (Debian's package chromium) or set CHROMIUM to its path")
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.django_db(transaction=True))
            if not CHROMIUM:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    # Playwright's calls are synchronous, over an event loop that stays in this thread until the last test: Django would
    # take all that follows for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # A container's root may not use the browser's own sandbox; what is opened here is this project's pages alone.
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": ["--no-sandbox"]}


@pytest.fixture
def open_page(live_server, new_context):
    """`open_page("/counter/", viewport=…)` → the page, opened; more keywords are the browser context's."""
    complaints = []

    def watch(page):
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))

    def open_it(path, **options):
        context = new_context(base_url=live_server.url, **({"locale": "fr-FR", "viewport": TABLET} | options))
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        watch(page)
        page.goto(path)
        return page

    open_it.complaints = complaints  # a test that cuts the network empties it of what it provoked
    yield open_it
    assert complaints == []


@pytest.fixture
def assert_accessible():
    """`assert_accessible(page)`: axe-core finds nothing against WCAG 2.2 AA."""

    def check(page):
        found = Axe().run(page, options=WCAG_22_AA)
        assert found.violations_count == 0, found.generate_report()

    return check


@pytest.fixture
def at_the_till(settings, live_server, store, clerk):
    """`at_the_till(context)`: Claire is signed in at a till of her store, by cookies alone; her PIN is 2580."""

    def at_the_till(context, user=clerk):
        set_pin(user=user, pin="2580", at=timezone.now())
        cookies = TillBrowser(user, store, name="tablette").cookies
        names = [settings.SESSION_COOKIE_NAME, "counter_device"]
        values = [(name, getattr(cookies[name], "value", cookies[name])) for name in names]
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in values])

    return at_the_till


@pytest.fixture
def tablet(request, open_page, assert_accessible, at_the_till, clerk):
    """Claire's tablet, on the counter's first page."""
    page = open_page("/counter/sign-in/")
    at_the_till(page.context)
    page.goto("/counter/")
    journey = request.node.name.removeprefix("test_").partition("[")[0]
    return Tablet(page, clerk, assert_accessible, journey)
