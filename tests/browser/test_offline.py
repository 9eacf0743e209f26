"""A till whose network drops goes on: what is confirmed is kept in the browser, and sent once the server answers."""

import re

import pytest
from django.utils import timezone

from loyalty.counter.models import Conflict, CounterAction
from loyalty.counter.till import COOKIE
from loyalty.earning.models import Activity
from members.operations import block_member
from tests.browser.tablet import READY, press
from tests.factories.earning import EarningRuleFactory
from tests.factories.programs import UserFactory

LINES = "#waiting li"


@pytest.fixture(autouse=True)
def _a_point_per_euro(program):
    EarningRuleFactory(program=program)


@pytest.fixture
def open_till(open_page, at_the_till):
    """The counter's first page, for whoever sits at this till, once the browser can go on without the server."""

    def open_it(user, page=None):
        page = page or open_page("/counter/sign-in/")
        at_the_till(page.context, user)
        page.goto("/counter/")
        page.evaluate(READY)
        return page

    return open_it


def cut(page, open_page, offline=True):
    page.context.set_offline(offline)
    open_page.complaints.clear()


def sell(page, member, amount):
    """All but the confirmation, while the network is there: what it would give is shown."""
    page.goto(f"/counter/member/{member.number}/")
    page.get_by_label("Montant de l’achat").fill(amount)
    page.get_by_text("Gagne", exact=True).wait_for()


def test_a_sale_without_the_network_is_kept_and_sent_once_with_its_receipt(open_page, open_till, clerk, ana):
    page = open_till(clerk)
    sell(page, ana, "12,50")
    cut(page, open_page)

    page.get_by_role("button", name="Enregistrer l’achat").click()
    page.wait_for_url("**/counter/offline/?kept=*")
    assert re.search(r"achat · 12,50.*en attente", page.locator(LINES).inner_text())
    assert page.locator("#waiting [data-count]").inner_text() == "1"
    page.reload()
    page.locator(LINES).wait_for()  # one, or it complains
    page.go_back()
    page.goto("/counter/")  # no other page opens: the one for that time comes
    assert page.get_by_role("heading", name="Sans le serveur").is_visible()
    assert not CounterAction.objects.exists()

    cut(page, open_page, offline=False)
    page.get_by_role("link", name="Reçu").wait_for()
    open_page.complaints.clear()
    assert "+ 12 points" in page.locator(LINES).inner_text()
    page.get_by_role("link", name="Reçu").click()
    assert page.get_by_role("heading", name="+ 12 points").is_visible()
    assert Activity.objects.count() == 1
    page.reload()
    page.get_by_role("button", name="Effacer ce qui est arrivé").click()
    page.locator("#waiting").wait_for(state="hidden")


def test_a_word_about_the_network_does_not_move_the_button_away(open_page, open_till, clerk, ana):
    page = open_till(clerk)
    page.goto(f"/counter/member/{ana.number}/")
    cut(page, open_page)
    page.get_by_label("Montant de l’achat").fill("12,50")
    press(page, page.locator("button.confirm"), lambda page: page.expect_event("requestfailed"))
    page.wait_for_url("**/counter/offline/?kept=*")
    open_page.complaints.clear()


def test_back_and_again_or_a_double_click_keep_one_sale(open_page, open_till, clerk, ana):
    page = open_till(clerk)
    sell(page, ana, "12,50")
    cut(page, open_page)
    page.get_by_role("button", name="Enregistrer l’achat").dblclick()
    page.wait_for_url("**/counter/offline/?kept=*")
    page.go_back()
    page.wait_for_url(f"**/counter/member/{ana.number}/")
    if page.get_by_label("Montant de l’achat").count():  # where the browser still has the page
        page.get_by_label("Montant de l’achat").fill("99")
        page.get_by_role("button", name="Enregistrer l’achat").click()
        page.wait_for_url("**/counter/offline/?kept=*")
    page.goto("/counter/offline/?kept=yes")
    page.locator(LINES).wait_for()  # one, or it complains

    cut(page, open_page, offline=False)
    page.get_by_role("link", name="Reçu").wait_for()
    open_page.complaints.clear()
    assert [each.outcome["total"] for each in CounterAction.objects.all()] == [1250]


def test_the_page_for_that_time_takes_purchases_by_card_in_order(open_page, open_till, assert_accessible, clerk, ana):
    page = open_till(clerk)
    cut(page, open_page)
    page.goto("/counter/")
    for amount in ("10", "5"):
        page.get_by_label("Numéro de carte ou de membre").fill(ana.cards.get().number)
        page.get_by_label("Montant de l’achat").fill(amount)
        page.keyboard.press("Enter")
        page.locator(LINES, has_text=f"achat · {amount}").wait_for()
    assert_accessible(page)

    cut(page, open_page, offline=False)
    page.locator(LINES, has_text="+ 5 points").wait_for()
    open_page.complaints.clear()

    assert [each.outcome["total"] for each in CounterAction.objects.order_by("pk")] == [1000, 500]
    assert not page.evaluate("(async () => JSON.stringify(await waiting.all()))()").count("ticket")


def test_a_colleague_sends_what_was_kept_after_the_session_ended(
    open_page, open_till, at_the_till, settings, clerk, ana, store
):
    page = open_till(clerk)
    sell(page, ana, "12,50")
    cut(page, open_page)
    page.get_by_role("button", name="Enregistrer l’achat").click()
    page.wait_for_url("**/counter/offline/?kept=*")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    cut(page, open_page, offline=False)

    page.get_by_text("ce qui est gardé ici part dès que").wait_for()
    assert not CounterAction.objects.exists()
    same_till = [each for each in page.context.cookies() if each["name"] == COOKIE]
    at_the_till(page.context, theo := UserFactory(username="theo", groups=["clerk"], stores=[store]))
    page.context.add_cookies(same_till)
    page.goto("/counter/")
    page.get_by_role("link", name="Reçu").wait_for()
    open_page.complaints.clear()

    action = CounterAction.objects.get()
    assert (action.clerk, action.sent_by) == (clerk, theo)


def test_a_refused_sale_reaches_the_managers_inbox(open_page, open_till, assert_accessible, clerk, ana, manager, store):
    page = open_till(clerk)
    sell(page, ana, "12,50")
    cut(page, open_page)
    page.get_by_role("button", name="Enregistrer l’achat").click()
    page.wait_for_url("**/counter/offline/?kept=*")
    block_member(member=ana, reason="fraud", at=timezone.now(), by=None)
    cut(page, open_page, offline=False)
    page.locator(LINES, has_text="chez le responsable").wait_for()
    open_page.complaints.clear()

    desk = open_till(manager)
    desk.goto("/counter/conflicts/")
    assert_accessible(desk)
    desk.get_by_label("Raison de classer").fill("vu avec le client")
    desk.get_by_role("button", name="Classer").click()
    desk.get_by_text("vu avec le client").wait_for()
    assert Conflict.objects.get().state == "set_aside"


def test_what_needs_the_server_says_so_and_nothing_is_kept(open_page, open_till, clerk):
    page = open_till(clerk)
    page.goto("/counter/do/enrol/")
    cut(page, open_page)

    page.get_by_role("button", name="Inscrire").click()

    page.get_by_text("Le serveur n’a pas répondu").wait_for()
    assert not page.locator("#waiting").is_visible()
