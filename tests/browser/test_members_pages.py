"""The members' pages on a phone and on a desk, from the sign-up to the card."""

import pytest
from django.utils import timezone

from loyalty.portal.models import OneTimeCode
from members.links import card_link


@pytest.mark.parametrize("width", [360, 1280])
def test_the_sign_up_and_the_card_are_accessible(open_page, assert_accessible, live_server, program, ana, width):
    page = open_page("/club/les-halles/join/", viewport={"width": width, "height": 800})
    page.get_by_role("button", name="Recevoir le code").click()
    assert page.locator("[aria-invalid=true]").count() >= 3
    assert_accessible(page)
    open_page.complaints.clear()  # the browser notes that the form was not accepted

    page.get_by_label("Prénom").fill("Nora")
    page.get_by_label("E-mail ou numéro de mobile").fill("nora@example.com")
    page.get_by_label("J’accepte les conditions").check()
    page.keyboard.press("Enter")
    page.get_by_label("Les six chiffres").wait_for()
    assert OneTimeCode.objects.get().address == "nora@example.com"
    assert_accessible(page)

    page.goto(card_link(enrolment=ana.enrolments.get(), at=timezone.now()).partition(":8000")[2])
    page.get_by_role("img", name="Code QR de votre carte").wait_for()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_link_for_friends_is_shared_or_copied(open_page, assert_accessible, terms, ana):
    page = open_page("/club/les-halles/join/", permissions=["clipboard-read", "clipboard-write"])
    page.goto(card_link(enrolment=ana.enrolments.get(), at=timezone.now()).partition(":8000")[2])
    page.goto("/club/les-halles/friends/")
    page.get_by_role("button", name="Obtenir mon lien").click()
    link = page.locator("a.number").inner_text()

    page.evaluate("navigator.share = undefined")
    page.get_by_role("button", name="Partager le lien").click()

    page.get_by_text("Le lien est copié").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == link
    assert_accessible(page)
