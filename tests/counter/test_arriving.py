"""Signing in at a till, its store, its lock; nothing that was typed is lost on the way."""

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from loyalty.counter.models import CounterAction, Device
from loyalty.counter.operations import revoke_device, set_pin
from loyalty.counter.till import COOKIE
from tests.factories.counter import TillBrowser, key_of, text_of
from tests.factories.earning import EarningRuleFactory
from tests.factories.programs import StoreFactory, UserFactory

pytestmark = pytest.mark.django_db
SIGN_IN = {"username": "claire", "password": "secret"}


@pytest.fixture
def browser(clerk):
    return Client(headers={"accept-language": "en"})


def test_a_clerk_signs_in_chooses_the_store_and_a_pin_and_works(browser, clerk, store):
    StoreFactory(program=store.program, name="Not hers")
    page = browser.post("/counter/sign-in/?next=/counter/", SIGN_IN, follow=True)
    assert "Choose a PIN" in text_of(page)
    page = browser.post("/counter/pin/", {"pin": "2580", "next": "/counter/"}, follow=True)
    assert "Where does this till stand?" in text_of(page)
    assert "Not hers" not in text_of(page)

    page = browser.post("/counter/device/", {"store": store.pk, "name": "till 2", "next": "/counter/"}, follow=True)

    assert page.status_code == 200
    assert "Lyon Part-Dieu · till 2" in text_of(page)
    assert browser.cookies[COOKIE]["httponly"]


def test_another_store_cannot_be_chosen(browser, clerk, store):
    other = StoreFactory(program=store.program)
    browser.force_login(clerk)

    browser.post("/counter/device/", {"store": other.pk, "name": "till 2"})

    assert not Device.objects.exists()


def test_a_session_that_ended_brings_the_form_back_as_it_was_filled(till, ana):
    EarningRuleFactory(program=ana.enrolments.get().program)
    key = key_of(till.at(ana))
    cookie = till.cookies[COOKIE].value
    till.logout()
    till.cookies[COOKIE] = cookie

    answer = till.do("sell", ana, key=key, amount="12,50", receipt="T-9", pin="2580")
    assert "Sign in" in text_of(answer)
    set_pin(user=till.user, pin="2580", at=timezone.now())
    page = till.post(answer.redirect_chain[-1][0], SIGN_IN, follow=True)

    assert 'value="12,50"' in page.content.decode()
    assert 'value="T-9"' in page.content.decode()
    assert "2580" not in page.content.decode()
    assert key_of(page) == key
    assert "Record the purchase" in text_of(page)
    assert not CounterAction.objects.exists()
    assert 'value="12,50"' not in till.at(ana).content.decode()


def test_an_idle_till_locks_itself_until_the_pin(till, ana):
    set_pin(user=till.user, pin="2580", at=timezone.now())
    till.get("/counter/")
    session = till.session
    session["counter_seen"] -= 301
    session.save()

    locked = till.do("sell", ana, amount="12,50")
    assert "Locked" in text_of(locked)
    address = locked.redirect_chain[-1][0]
    assert "This PIN is not right" in text_of(till.post(address, {"pin": "1111"}))
    assert "Locked" in text_of(till.get("/counter/", follow=True))
    page = till.post(address, {"pin": "2580"}, follow=True)

    assert 'value="12,50"' in page.content.decode()


def test_after_five_wrong_pins_only_the_password_opens_the_till(till):
    set_pin(user=till.user, pin="2580", at=timezone.now())
    for _ in range(5):
        till.post("/counter/lock/", {"pin": "1111"})

    assert "Password" in text_of(till.post("/counter/lock/", {"pin": "2580"}, follow=True))
    page = till.post("/counter/sign-in/", SIGN_IN, follow=True)

    assert "Find" in text_of(page)
    assert "Locked" not in text_of(till.get("/counter/"))


def test_without_a_pin_the_password_opens_a_locked_till(till):
    assert "Password" in text_of(till.get("/counter/lock/", follow=True))
    assert "Password" in text_of(till.get("/counter/", follow=True))


@pytest.mark.parametrize("pin", ["123", "0000", "1234", "4321", "12a4", "１２３５", "987654321"])
def test_a_pin_that_a_glance_would_guess_is_refused(browser, clerk, pin):
    page = browser.post("/counter/sign-in/", SIGN_IN, follow=True)

    page = browser.post("/counter/pin/", {"pin": pin})

    assert page.context["form"].errors


def test_a_withdrawn_till_and_a_clerk_who_moved_choose_again(till, store):
    store.staff.remove(till.user)
    assert "You work in no open store" in text_of(till.get("/counter/", follow=True))
    store.staff.add(till.user)
    revoke_device(device=till.device, at=timezone.now(), by=till.user)
    assert "Where does this till stand?" in text_of(till.get("/counter/", follow=True))


def test_a_forged_cookie_is_no_till(till):
    for value in ("x", signing.dumps("not a key", salt=COOKIE), str(till.device.key)):
        till.cookies[COOKIE] = value
        assert "Where does this till stand?" in text_of(till.get("/counter/", follow=True))


def test_the_counter_is_for_those_who_may_serve(store, marketer):
    store.staff.add(marketer)

    page = TillBrowser(marketer, store).get("/counter/")

    assert page.status_code == 403
    assert "no right to serve" in text_of(page)


def test_five_wrong_passwords_pause_the_sign_in(browser, clerk):
    for _ in range(5):
        page = browser.post("/counter/sign-in/", SIGN_IN | {"password": "wrong"})

    assert "Too many failed sign-ins" in text_of(page)


def test_each_clerk_reads_french_or_english(till, ana):
    assert "Trouver" not in text_of(till.get("/counter/"))
    till.post("/i18n/setlang/", {"language": "fr", "next": "/counter/"})
    assert 'lang="fr"' in till.get("/counter/").content.decode()


def test_a_store_of_another_program_knows_other_members(ana):
    other = StoreFactory()
    clerk = UserFactory(groups=["clerk"], stores=[other])

    assert "Nobody and nothing" in text_of(TillBrowser(clerk, other).find("almeida"))
