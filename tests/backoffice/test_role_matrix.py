"""Each role against each address of the admin, as the checked-in table `role_matrix.csv` says.

A row is a table (v: its list opens, a: its form to add, c: it takes a change, d: it takes a deletion) or another
address (y: it opens). An address that is not in the table fails the test: somebody has to say who may open it. Changes
and deletions are asked of a row that does not exist, so what answers is the right and nothing about the row; the other
addresses are asked of the rows of `cast`, or of none where the cast has no such row.
"""

import csv
import re
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import URLPattern

from loyalty.backoffice.roles import ROLES
from loyalty.jobs.models import Job
from loyalty.ledger import operations as ledger
from loyalty.punchcards.operations import stamp_by_hand
from loyalty.tiers.operations import set_tier_by_hand
from members.models import MemberMerge
from members.operations import found_household
from tests.factories.challenges import rows_with_verbs
from tests.factories.connectors import connected
from tests.factories.members import MemberFactory
from tests.factories.partners import ContractFactory, DisputeFactory, StatementFactory
from tests.factories.punchcards import PunchCardProgramFactory
from tests.factories.rewards import RewardFactory
from tests.factories.subscriptions import add_plan, subscribe
from tests.factories.tiers import outdoor_tiers

pytestmark = pytest.mark.django_db
MATRIX = Path(__file__).with_name("role_matrix.csv")
OF_A_TABLE = ("changelist", "add", "history", "delete", "change")
FOR_ALL_STAFF = {"index", "password_change", "password_change_done", "jsi18n", "search", "app_list", "autocomplete"}
FOR_EVERYBODY = {"login", "logout", "view_on_site"}
NO_ROW = "987654321"


def patterns(urls=None, prefix=""):
    for each in admin.site.get_urls() if urls is None else urls:
        route = prefix + str(each.pattern)
        if isinstance(each, URLPattern):
            if each.name:
                yield each.name, route
        else:
            yield from patterns(each.url_patterns, route)


def row_of(name, route):
    """The row of the matrix that says who may open an address; none for what is not a table's."""
    app, model, *_rest = [*route.removeprefix("/admin/").split("/"), ""]
    tables = {each._meta.label_lower: each._meta.label for each in admin.site._registry}
    of_a_table = [route, *(f"{app}_{model}_{what}" for what in OF_A_TABLE)]  # without a name: where a row once was
    if f"{app}.{model}" in tables and name in of_a_table:
        return tables[f"{app}.{model}"]
    return None if name == route or name in FOR_ALL_STAFF | FOR_EVERYBODY else name


def addresses(rows=None):
    """Row of the matrix → its address, with the rows of the cast where it asks for one."""
    rows = rows or {}
    found = {}
    for name, route in patterns():
        row = row_of(name, route)
        if row and row != name:
            found[row] = "/admin/" + row.lower().replace(".", "/") + "/"
        elif row:
            label = ".".join(route.split("/")[:2])
            found[name] = "/admin/" + re.sub("<[^>]+>", str(rows.get(label, NO_ROW)), route)
    return found


def opens(browser, address):
    response = browser.get(address)
    return response.status_code in (200, 302) and "HX-Refresh" not in response.headers


def takes(browser, address):
    return browser.post(address, {"post": "yes"}).status_code != 403


def rights(browser, row, address):
    if "." not in row:
        return "y" if opens(browser, address) else ""
    asked = {
        "v": opens(browser, address),
        "a": opens(browser, f"{address}add/"),
        "c": takes(browser, f"{address}{NO_ROW}/change/"),
        "d": takes(browser, f"{address}{NO_ROW}/delete/"),
    }
    return "".join(letter for letter, is_open in asked.items() if is_open)


@pytest.fixture(scope="module")
def matrix():
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {row.pop("address"): row for row in csv.DictReader(file)}


def test_every_address_of_the_admin_is_in_the_table(matrix):
    assert set(addresses()) == set(matrix)


@pytest.fixture
def cast(program, store, ana, clerk):
    """A row of each table that has verbs: open to every one of them, and of the store."""
    ana.enrolments.update(store=store)
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    cause = ledger.Cause("test", "1")
    ledger.earn(program=program, member_id=ana.pk, points=5, cause=cause, at=at)
    tiers = outdoor_tiers(program)
    set_tier_by_hand(program=program, member_id=ana.pk, tier="summit", reason="test", at=at)
    reward = RewardFactory(program=program, stock=3)
    redemption = ana.redemptions.create(
        program=program, source="test", external_id="1", reward=reward, points=5, store=store, redeemed_at=at
    )
    voucher = ana.vouchers.create(program=program, code="V", value=500, issued_at=at)
    batch = program.card_batches.create(quantity=1, store=store, created_at=at)
    stamp_by_hand(card_program=PunchCardProgramFactory(program=program), member_id=ana.pk, reason="x", at=at)
    job = Job.objects.create(name="expire", scope=program.code, period="x", state=Job.State.FAILED, created_at=at)
    merged = MemberMerge.objects.create(keep=ana, absorb=MemberFactory(), merged_at=at, reason="x")
    family = found_household(program=program, name="F", head=ana, at=at, by=None)
    taking_part = rows_with_verbs(program, store, ana)
    subscription = subscribe(program, ana, add_plan(program), at)
    contract = ContractFactory(program=program)
    rows = [program, store, ana, ana.enrolments.get(), ana.cards.get(), ana.accounts.get(), reward, redemption, voucher]
    rows += [tiers, ana.punch_cards.get(), ana.punches.get()]
    rows += [subscription, subscription.charges.get()]
    return {
        row._meta.label_lower: row.pk
        for row in [
            *rows,
            *taking_part,
            contract,
            contract.partner,
            StatementFactory(program=program),
            *connected(program, at),
            DisputeFactory(),
            batch,
            job,
            clerk,
            merged,
            family,
            family.places.get(),
            ana.accounts.get().entries.get(),
        ]
    }


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_the_table_says(as_role, store, cast, matrix, role):
    browser = as_role(role, stores=[store])

    found = {row: rights(browser, row, address) for row, address in addresses(cast).items()}

    assert found == {row: cells[role] for row, cells in matrix.items()}


def test_the_table_knows_every_role(matrix):
    assert set(chain.from_iterable(matrix.values())) == set(ROLES)
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_whoever_is_not_signed_in_is_sent_to_the_login(client):
    for address in addresses().values():
        response = client.get(address)
        if "HX-Refresh" in response.headers:  # a fragment: the page around it is asked for again
            continue
        assert response.status_code == 302, address
        assert response.headers["location"].startswith("/admin/login/"), address


@pytest.mark.parametrize("address", ["", "password_change/", "jsi18n/", "search/"])
def test_every_role_has_its_home_and_its_password(as_role, address):
    for role in ROLES:
        assert as_role(role).get(f"/admin/{address}").status_code == 200
