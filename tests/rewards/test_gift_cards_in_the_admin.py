"""Staff make gift cards, read them, block them and correct a mistake; nobody reads a PIN afterwards."""

import csv
from io import StringIO
from uuid import uuid4

import pytest

from rewards import operations
from rewards.models import GiftCard
from tests.factories.rewards import SPRING

pytestmark = pytest.mark.django_db
LIST = "/admin/rewards/giftcard/"


@pytest.fixture
def card(program, ana):
    card = operations.sell_gift_card(program=program, amount=5000, source="till", external_id="c1", at=SPRING).card
    return operations.register_gift_card(program=program, code=card.code, member_id=ana.pk, at=SPRING, trusted=True)


def page_of(card, verb="change"):
    return f"{LIST}{card.pk}/{verb}/"


def test_finance_makes_cards_and_gets_the_printers_file(as_role, program):
    finance = as_role("finance")
    file = finance.post(f"{LIST}make/", {"program": program.pk, "quantity": "3"})
    rows = list(csv.reader(StringIO(file.content.decode().lstrip("\ufeff"))))
    assert [tuple(row) for row in rows[1:]] == list(GiftCard.objects.order_by("id").values_list("code", "pin"))
    assert (GiftCard.objects.count(), GiftCard.objects.first().made_by) == (3, finance.user)


@pytest.mark.parametrize("quantity", ["0", "-1", "10001", "x", ""])
def test_a_wrong_number_of_cards_is_answered_at_its_field(as_role, program, quantity):
    page = as_role("finance").post(f"{LIST}make/", {"program": program.pk, "quantity": quantity})
    assert "quantity" in page.context["form"].errors
    assert not GiftCard.objects.exists()


def test_the_balance_has_decimals_and_the_pin_is_nowhere(as_role, card):
    for role in ("support", "finance", "administrator"):
        page = as_role(role).get(page_of(card)).content.decode()
        assert "€50.00" in page
        assert card.pin not in page.replace(card.code, "")
    assert card.code in as_role("support").get(page_of(card)).content.decode()
    assert card.code not in as_role("marketing").get(page_of(card)).content.decode()


def test_a_card_is_found_by_its_code_and_by_its_member(as_role, card):
    support = as_role("support")
    for text in (card.code.lower(), "Almeida"):
        assert support.get(LIST, {"q": text}).context["cl"].result_count == 1


def test_support_blocks_a_lost_card_and_lets_it_pay_again(as_role, card):
    support = as_role("support")
    assert support.post(page_of(card, "block"), {"reason": "lost"}).status_code == 302
    card.refresh_from_db()
    assert (card.state, card.blocked_reason, card.blocked_by) == ("blocked", "lost", support.user)
    assert support.post(page_of(card, "block"), {"reason": "lost"}).status_code == 403
    assert support.post(page_of(card, "unblock"), {"sure": "on"}).status_code == 302
    card.refresh_from_db()
    assert card.state == "active"


def correct(browser, card, amount, key):
    return browser.post(page_of(card, "correct"), {"amount": amount, "reason": "misprint", "key": key})


def test_finance_corrects_a_balance_once_however_often_it_clicks(as_role, card):
    finance, key = as_role("finance"), str(uuid4())
    for _ in range(2):
        assert correct(finance, card, "-12.50", key).status_code == 302
    card.refresh_from_db()
    assert card.balance == 3750


@pytest.mark.parametrize("amount", ["0", "-50.01", "1.005", "x", ""])
def test_a_correction_that_makes_no_sense_is_answered_at_the_form(as_role, card, amount):
    page = correct(as_role("finance"), card, amount, str(uuid4()))
    assert page.context["form"].errors
    card.refresh_from_db()
    assert card.balance == 5000


def test_who_may_not(as_role, card):
    assert as_role("clerk").get(LIST).status_code == 403
    assert correct(as_role("support"), card, "1", str(uuid4())).status_code == 403
    assert as_role("marketing").get(f"{LIST}make/").status_code == 403
