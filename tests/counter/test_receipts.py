"""What a member takes home: how their cards stand, and the way to their card on the phone."""

import pytest
from django.utils import timezone

from loyalty.counter.models import CounterAction
from members.links import card_link, linked_enrolment
from members.operations import leave
from members.qr import qr_file
from tests.factories.counter import TillBrowser, five_euros, text_of
from tests.factories.earning import EarningRuleFactory
from tests.factories.programs import StoreFactory, UserFactory
from tests.factories.punchcards import PunchCardProgramFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_point_per_euro(program):
    EarningRuleFactory(program=program)


def qr_of(browser, action):
    return browser.get(f"/counter/receipt/{action.key}/card.svg")


def test_the_receipt_opens_the_members_card_on_a_phone(till, program, ana, settings):
    page = till.do("sell", ana, amount="10")
    action = CounterAction.objects.get()
    assert f"/counter/receipt/{action.key}/card.svg" in page.content.decode()
    assert f"{settings.SITE_URL}/club/les-halles/" in text_of(page)

    picture = qr_of(till, action)

    link = card_link(enrolment=ana.enrolments.get(), at=action.at)
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.content == qr_file(link)
    assert linked_enrolment(link.split("/")[-2], program=program, at=timezone.now()).member == ana


def test_a_receipt_says_how_the_punch_card_stands(till, program, ana):
    PunchCardProgramFactory(program=program, punches_needed=5)
    till.do("sell", ana, amount="10")

    assert "The card stands at 2 punches of 5." in text_of(till.do("sell", ana, amount="10"))


def test_who_left_what_was_undone_and_a_voucher_of_nobody_open_no_card(till, program, ana):
    till.do("sell", ana, amount="10")
    action = CounterAction.objects.get()
    assert "card.svg" not in till.undo().content.decode()
    page = till.do("voucher", code=five_euros(program).code, amount="20")
    assert "card.svg" not in page.content.decode()

    leave(enrolment=ana.enrolments.get(), at=timezone.now(), by=None)

    assert qr_of(till, action).status_code == 404
    assert qr_of(till, CounterAction.objects.latest("pk")).status_code == 404


def test_another_store_does_not_see_it(till, program, ana):
    till.do("sell", ana, amount="10")
    other = StoreFactory(program=program)
    elsewhere = TillBrowser(UserFactory(groups=["clerk"], stores=[other]), other)

    assert qr_of(elsewhere, CounterAction.objects.get()).status_code == 404
