"""Every address of the project against everybody who may ask for it, as the checked-in table `addresses.csv` says.

A cell is the status of the answer, or the address that it leads to. The whole URLconf is walked: an address that no
table lists fails the test, and somebody has to say who may open it. Tables and verbs of the admin are in
`tests/backoffice/role_matrix.csv`, right by right; whose something of the API is, in `tests/api/test_whose_it_is.py`.
Everybody asks with an empty form, the staff at a till of their own store, a member and a partner for their own.
"""

import csv
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve, reverse
from django.utils import timezone

from campaigns.unsubscribing import Reader, token_of
from loyalty.backoffice.roles import ROLES
from loyalty.counter.models import CounterAction
from loyalty.counter.operations import set_pin
from loyalty.portal import sessions
from members.links import card_link
from tests.backoffice.test_role_matrix import row_of
from tests.factories.challenges import ChallengeFactory, CodeBatchFactory
from tests.factories.connectors import connected
from tests.factories.counter import TillBrowser
from tests.factories.programs import UserFactory

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("addresses.csv")
OUTSIDE = ("stranger", "member by link", "member", "partner")
NOBODYS = "987654321"
# After these one is somebody else, or locked.
LAST = ("counter:lock", "portal:sign-out", "admin:logout", "counter:sign-out")


def patterns(resolver, prefix="/", namespace=""):
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern).removeprefix("^")
        if isinstance(each, URLPattern):
            yield (f"{namespace}{each.name}" if each.name else route), each, route
        else:
            yield from patterns(each, route, f"{each.namespace}:" if each.namespace else namespace)


def addresses():
    """Name of each address that the admin's own table does not list → its pattern and its route."""
    found = {}
    for name, pattern, route in patterns(get_resolver()):
        in_the_admin = name.startswith(("admin:", "/admin/")) and row_of(name.removeprefix("admin:"), route)
        if not in_the_admin:
            found[name] = pattern, route
    return found


@pytest.fixture(scope="module")
def table():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row.pop("address"), row.pop("method")): row for row in csv.DictReader(file)}


def test_every_address_is_in_a_table(table):
    assert {name for name, _method in table} == set(addresses())


def test_every_address_is_asked_both_ways_by_everybody(table):
    assert set(table) == {(name, method) for name in addresses() for method in ("GET", "POST")}
    assert {tuple(row) for row in table.values()} == {(*OUTSIDE, *ROLES)}


@pytest.fixture
def guest(hotel_api):
    return hotel_api.post("members", {"first_name": "Zoe", "email": "zoe@example.com"}).json()["id"]


@pytest.fixture
def paths(program, store, ana, coffee, guest, till):
    """The address of each name, for rows of the cast; of nobody's where the cast has none."""
    CodeBatchFactory(program=program)
    till.do("sell", ana, amount="10")
    Path(settings.MEDIA_ROOT, "logo.txt").write_text("logo", encoding="utf-8")
    rows = {"program": program.code, "number": ana.number, "reward": coffee.pk, "path": "logo.txt"}
    rows |= {"challenge": ChallengeFactory(program=program, is_opt_in=True).pk, "key": CounterAction.objects.get().key}
    rows |= {"address": connected(program, timezone.now())[0].address, "gateway": "stripe", "app_label": "members"}
    rows |= {"content_type_id": ContentType.objects.get_for_model(ana).pk, "object_id": ana.pk}
    codes = {"api:program": program.code, "api:reward": coffee.code, "counter:do": "enrol", "portal:friends-link": "X"}
    codes |= dict.fromkeys(("counter:of-member", "counter:preview"), "sell")
    ids = dict.fromkeys(("api:activity", "api:refunds", "api:redemption", "api:rollback"), "les-halles:x")
    ids |= dict.fromkeys(("api:webhook-endpoint", "api:webhook-secret", "api:webhook-test"), NOBODYS)

    def address(name, pattern, route):
        asked = getattr(pattern.pattern, "converters", None) or pattern.pattern.regex.groupindex
        values = rows | {"code": codes.get(name, NOBODYS), "id": ids.get(name, guest)}
        values["token"] = token_of(Reader(ana.pk, program.pk)) if name.startswith("campaigns:") else NOBODYS
        values = {each: values.get(each, NOBODYS) for each in asked}
        if pattern.name:
            return reverse(name, kwargs=values)
        return re.sub(r"<\w+:(\w+)>", lambda found: str(values[found[1]]), route).replace("(?P<url>.*)$", "nowhere")

    return {name: address(name, *of_it) for name, of_it in addresses().items()}


@pytest.fixture
def browser_of(program, store, ana, hotel_api):
    def browser_of(who):
        if who in ROLES:
            user = UserFactory(groups=[who], stores=[store])
            set_pin(user=user, pin="2580", at=timezone.now())
            return TillBrowser(user, store)
        if who == "partner":
            return Client(headers=hotel_api.headers)
        browser = Client()
        if who != "stranger":
            link = card_link(enrolment=ana.enrolments.get(), at=timezone.now())
            browser.get("/club" + link.partition("/club")[2])
        if who == "member":
            prove(browser)
        return browser

    return browser_of


def prove(browser):
    """As the one-time code does."""
    cookie = browser.cookies[sessions.COOKIE]
    store = sessions.SessionStore(cookie.value.partition(":")[0])
    store["proved_at"] = timezone.now().isoformat()
    store.save()


def answer(response):
    if response.status_code not in (301, 302):
        return str(response.status_code)
    to = response.headers["location"].partition("?")[0]
    found = resolve(to)
    return found.view_name if found.url_name else to


@pytest.mark.parametrize("who", [*OUTSIDE, *ROLES])
def test_an_address_answers_what_the_table_says(table, browser_of, paths, who):
    browser = browser_of(who)
    order = sorted(table, key=lambda row: LAST.index(row[0]) if row[0] in LAST else -1)

    found = {(name, method): answer(getattr(browser, method.lower())(paths[name])) for name, method in order}

    assert found == {row: cells[who] for row, cells in table.items()}
