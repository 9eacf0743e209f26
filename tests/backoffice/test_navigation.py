"""The side bar shows each role its tasks; the search on every page finds members."""

import pytest

from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sidebar():
    def sidebar(browser):
        groups = browser.get("/admin/").context["sidebar_navigation"]
        return {str(group.get("title", "")): [str(item["title"]) for item in group["items"]] for group in groups}

    return sidebar


@pytest.fixture
def search(text_of):
    def search(browser, term):
        return text_of(browser.get("/admin/search/", {"s": term, "extended": "1"}))

    return search


def test_a_clerk_sees_no_more_than_the_counter_needs(as_role, sidebar):
    groups = sidebar(as_role("clerk"))

    assert not {"Members", "Points", "Analytics", "Settings", "Background jobs"} & set(groups)


def test_an_administrator_sees_every_group(as_role, sidebar):
    assert {"Members", "Points", "Rewards", "Campaigns", "Analytics", "Programs", "Background jobs", "Settings"} <= set(
        sidebar(as_role("administrator"))
    )


@pytest.mark.parametrize("role", ["clerk", "store manager", "analyst", "support", "finance", "administrator"])
def test_every_item_of_the_side_bar_opens(as_role, role):
    browser = as_role(role)

    links = [item["link"] for group in browser.get("/admin/").context["sidebar_navigation"] for item in group["items"]]

    assert {link: browser.get(link).status_code for link in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("term", ["almeida", "ana@example.com", "0612345678"])
def test_a_member_is_found_from_every_page(as_role, ana, search, term):
    assert f"Ana Almeida • {ana.number}" in search(as_role("support"), term)


def test_a_common_name_finds_a_few(as_role, search):
    for _ in range(30):
        MemberFactory(last_name="Martin")

    assert search(as_role("support"), "martin").count("Martin") == 10


def test_who_may_not_see_members_finds_none(as_role, ana, search):
    assert "Almeida" not in search(as_role("finance"), "almeida")


def test_a_store_manager_finds_the_own_stores_members(as_role, ana, bruno, store, search):
    ana.enrolments.update(store=store)
    manager = as_role("store manager", stores=[store])

    assert "Almeida" in search(manager, "almeida")
    assert "Bernard" not in search(manager, "bernard")
