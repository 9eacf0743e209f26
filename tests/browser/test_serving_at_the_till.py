"""Every other journey of the counter on a French tablet, from the member's card to the receipt."""

import re

import pytest
from django.utils import timezone

from loyalty.counter.models import CounterAction
from members.models import Card
from tests.browser.shop import code_of_a_pack, open_shop, prime, subscription_to_pay
from tests.factories.counter import TillBrowser, five_euros
from tests.factories.members import CardFactory


@pytest.fixture(autouse=True)
def _shop(program, ana, coffee):
    open_shop(program, ana)


@pytest.fixture
def begin(tablet, ana):
    """`begin("stamp")`: Ana was found; one tap leads to the journey."""

    def begin(journey):
        tablet.open(f"/counter/member/{ana.number}/")
        tablet.tap(f"nav.journeys a[href$='/{journey}/']")
        tablet.page.wait_for_selector(f"nav.journeys a[href$='/{journey}/'][aria-current]")

    return begin


@pytest.fixture
def receipt(tablet):
    """`receipt("…")`: confirmed, the receipt says so."""

    def receipt(*sentences):
        tablet.confirm()
        tablet.page.wait_for_selector("article.done")
        tablet.see("le ticket", *sentences)

    return receipt


def test_stamp(tablet, begin, receipt):
    begin("stamp")
    tablet.see("tamponner", "Carte fidélité cinq visites")
    receipt("1 tampon")


def test_redeem(tablet, begin, receipt):
    begin("redeem")
    tablet.tap("label.offer")
    tablet.see("choisir", "Café", "100 points")
    receipt("Café", "240 points")


def test_voucher(tablet, program, receipt):
    voucher = five_euros(program)
    tablet.scan(voucher.code)
    tablet.page.wait_for_selector("[name=code]")
    tablet.type("20", into="[name=amount]")
    tablet.see("le bon")
    receipt("5,00 €")


def test_give_points_with_a_supervisor(tablet, begin, manager, receipt):
    begin("give")
    tablet.type("80")
    tablet.type("A attendu longtemps", into="[name=reason]")
    tablet.confirm()
    tablet.page.wait_for_selector("[name=supervisor]")
    tablet.see("un responsable confirme", "Qui confirme")
    tablet.page.select_option("[name=supervisor]", str(manager.pk))
    tablet.taps += 2
    tablet.type("2580", into="[name=pin]")
    receipt("+ 80 points", "420 points")
    assert CounterAction.objects.get().supervisor == manager


def test_refund(tablet, store, ana, begin, receipt):
    TillBrowser(tablet.clerk, store).do("sell", ana, amount="40", receipt="T-7")
    begin("refund")
    tablet.tap("label.offer")
    tablet.type("10", into="[name=amount]")
    tablet.page.wait_for_selector("#preview :text('− 10 points')")
    tablet.see("ce que le remboursement reprend", "10,00 €")
    receipt("− 10 points", "370 points")


def test_enrol_with_a_namesake(tablet, program, ana):
    program.terms_fr = "Les points durent un an.\n\nVous pouvez partir quand vous voulez."
    program.save()
    drawer = CardFactory(program=program, member=None, state=Card.State.READY, activated_at=None)
    tablet.type("Ana Almeida-Roux")
    tablet.press("Enter")
    tablet.page.wait_for_selector("a[href*='/do/enrol/']")
    tablet.tap("a[href*='/do/enrol/']")
    tablet.page.wait_for_selector("[name=contact]")
    tablet.page.fill("[name=last_name]", "Almeida")
    tablet.type("06 98 76 54 32", into="[name=contact]")
    tablet.tap("[name=card]")
    tablet.scan(drawer.number)
    assert tablet.page.input_value("[name=card]") == drawer.number
    tablet.page.focus("details.terms summary")
    tablet.press("Enter")
    tablet.see("les conditions", "Vous pouvez partir quand vous voulez.")
    tablet.tap("label:has([name=terms])")
    tablet.see("inscrire")
    assert tablet.page.input_value("[name=contact]") == "06 98 76 54 32"
    tablet.confirm()
    tablet.page.wait_for_selector("[name=another]")
    tablet.see("un homonyme", "Ana A.")
    tablet.tap("label:has([name=another])")
    tablet.confirm()
    tablet.page.wait_for_selector("article.done")
    tablet.see("le ticket", "Bienvenue", drawer.number)


def test_replace_the_card(tablet, begin, receipt):
    begin("card")
    tablet.see("remplacer")
    receipt("Nouvelle carte")


def test_enter_a_code(tablet, program, begin, receipt):
    code = code_of_a_pack(program)
    begin("code")
    tablet.type("XXXX-XXXX")
    tablet.confirm()
    tablet.page.wait_for_selector(".errorlist")
    tablet.see("code inconnu")
    tablet.page.fill("[name=code]", "")
    tablet.type(code, into="[name=code]")
    receipt("20 points", "360 points")


def test_subscription_payment(tablet, program, ana, begin, receipt):
    subscription_to_pay(program, ana)
    begin("charge")
    tablet.see("encaisser", "9,99 €")
    receipt("9,99 €", "Premium")


def test_why_this_balance(tablet, store, ana, begin):
    TillBrowser(tablet.clerk, store).do("sell", ana, amount="40", receipt="T-7")
    begin("why")
    tablet.see("pourquoi", "40")


def test_lock_and_pin(tablet, ana):
    """Nobody touches the till for five minutes: it locks itself; the PIN brings the page back."""
    tablet.page.clock.install(time=timezone.now())
    tablet.open(f"/counter/member/{ana.number}/")
    tablet.page.clock.fast_forward(301_000)
    tablet.page.wait_for_url(re.compile("/counter/lock/"))
    tablet.see("verrouillé")
    tablet.type("2580")
    tablet.press("Enter")
    tablet.page.wait_for_url(re.compile(f"/member/{ana.number}/"))


def test_session_expired(tablet, settings, ana):
    """Noticed while the clerk types; after the sign-in the form comes back as it was filled."""
    tablet.open(f"/counter/member/{ana.number}/")
    tablet.page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    tablet.page.keyboard.insert_text("12,50")  # at once: the page goes away when typing pauses
    tablet.page.wait_for_selector("[name=password]")
    tablet.see("se connecter")
    tablet.type("claire", into="[name=username]")
    tablet.type("secret", into="[name=password]")
    tablet.press("Enter")
    tablet.page.wait_for_selector("[name=amount]")
    tablet.see("le formulaire est revenu")
    assert tablet.page.input_value("[name=amount]") == "12,50"
    assert not CounterAction.objects.exists()
    tablet.confirm()
    tablet.page.wait_for_selector("article.done")


def test_managers(tablet, store, ana, manager, at_the_till):
    TillBrowser(tablet.clerk, store).do("sell", ana, amount="40", receipt="T-7")
    at_the_till(tablet.page.context, manager)
    tablet.open("/counter/manage/")
    tablet.see("pour les responsables")


def test_the_printed_slip(tablet, store, ana):
    """80 mm of paper: the sale, how the cards stand, the QR code; nothing of the page around it."""
    TillBrowser(tablet.clerk, store).do("sell", ana, amount="40", receipt="T-7")
    tablet.open(f"/counter/receipt/{CounterAction.objects.get().key}/")
    tablet.see("le ticket à l’écran", "1 tampon sur 5", "/club/les-halles/")
    tablet.page.emulate_media(media="print")
    slip = tablet.page.locator("article.slip")
    tablet.page.wait_for_function("document.querySelector('.to-card img').naturalWidth > 0")
    assert slip.bounding_box()["width"] <= 72 / 25.4 * 96 + 1
    assert not tablet.page.locator(".bar, .after").filter(visible=True).count()
    tablet.see("imprimé")


def test_sell_a_subscription(tablet, program, begin, receipt):
    prime(program)
    begin("subscribe")
    tablet.see("la formule", "Premium", "9,99 €")
    receipt("Payé", "9,99 €", "Premium")
