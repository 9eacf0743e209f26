"""From the scan to the receipt on a French tablet: the sale in its three ways, and the way back."""

import pytest

from loyalty.counter.models import CounterAction
from tests.browser.shop import open_shop
from tests.browser.tablet import press
from tests.factories.counter import five_euros


@pytest.fixture(autouse=True)
def _shop(program, ana):
    open_shop(program, ana)


def test_find_and_sell(tablet, ana):
    tablet.see("la caisse")
    tablet.scan(ana.cards.get().number)
    tablet.page.wait_for_selector("[name=amount]:focus")
    tablet.see("sa carte", "Ana Almeida", "340 points", "40 points")
    tablet.type("12,50")
    tablet.page.wait_for_selector("#preview .sum")
    tablet.see("ce que cela donne", "+ 12 points")
    tablet.press("Enter")
    tablet.page.wait_for_selector("article.done")
    tablet.see("le ticket", "+ 12 points", "352 points")
    tablet.tap("button.undo")
    tablet.page.wait_for_selector("article.undone")
    tablet.see("annulé", "340 points")


def test_a_sum_that_comes_while_the_button_is_pressed_does_not_move_it_away(tablet, ana):
    tablet.open(f"/counter/member/{ana.number}/")
    tablet.type("12,50")
    press(tablet.page, tablet.page.locator("button.confirm"), lambda page: page.expect_response("**/preview/"))
    tablet.page.wait_for_selector("article.done")


def test_sell_with_lines_a_voucher_and_points(tablet, program, ana):
    five_euros(program, ana)
    tablet.open(f"/counter/member/{ana.number}/")
    tablet.tap("details:has([data-more]) summary")
    tablet.type("fromage", into="[name=line-0-category]")
    tablet.type("2", into="[name=line-0-quantity]")
    tablet.type("9,90", into="[name=line-0-price]")
    tablet.tap("[data-more]")
    tablet.type("pain", into="[name=line-1-category]")
    tablet.type("3,20", into="[name=line-1-price]")
    tablet.tap("[name=vouchers]")
    tablet.tap("details:has([name=points]) summary")
    tablet.type("200", into="[name=points]")
    tablet.page.wait_for_selector("#preview :text('8,00')")
    tablet.see("des articles, un bon et des points")
    tablet.confirm()
    tablet.page.wait_for_selector("article.done")
    tablet.see("le ticket", "Payé avec 200 points", "8,00 €")
    assert CounterAction.objects.get().outcome["total"] == 2300


def test_find_by_name(tablet, ana, bruno):
    bruno.first_name, bruno.last_name = "Ana", "Almeida-Bruno"
    bruno.save()
    tablet.type("almeida")
    tablet.press("Enter")
    tablet.page.wait_for_selector(".choices")
    tablet.see("plusieurs membres", "Ana A.")
    tablet.tap(".choices a")
    tablet.page.wait_for_selector("[name=amount]:focus")


def test_nobody_found(tablet):
    tablet.type("06 98 76 54 32")
    tablet.press("Enter")
    tablet.page.wait_for_selector(".failed")
    tablet.see("inconnu")


def test_what_was_typed_wrongly_stays_with_a_sentence(tablet, ana):
    tablet.open(f"/counter/member/{ana.number}/")
    tablet.type("douze")
    tablet.press("Enter")
    tablet.page.wait_for_selector(".errorlist")
    tablet.see("refusé", "12,50")
    assert tablet.page.input_value("[name=amount]") == "douze"
    assert tablet.page.evaluate("document.activeElement.name") == "amount"


def test_a_day_with_the_keyboard_alone(tablet, ana):
    """Found by name, a sale, a stamp, a sale taken back: no pointer is ever used."""
    page = tablet.page
    page.keyboard.type("almeida")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=amount]:focus")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    page.wait_for_selector("article.done")
    page.wait_for_selector("[data-focus]:focus")
    page.keyboard.press("Enter")
    page.wait_for_selector("#find:focus")

    page.keyboard.type("almeida")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=amount]:focus")
    press_until(page, "Shift+Tab", "a[href$='/stamp/']")
    page.keyboard.press("Enter")
    page.wait_for_selector("h2:has-text('tampon'), h2:has-text('Tampon')")
    press_until(page, "Tab", "button.confirm")
    page.keyboard.press("Enter")
    page.wait_for_selector("article.done")
    press_until(page, "Tab", "button.undo")
    page.keyboard.press("Enter")
    page.wait_for_selector("article.undone")

    assert list(CounterAction.objects.order_by("at").values_list("journey", flat=True)) == ["sell", "stamp"]
    assert CounterAction.objects.get(journey="stamp").undone_at


def press_until(page, key, selector, most=30):
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{key} never came to {selector}")
