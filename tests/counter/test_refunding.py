"""A purchase goes back: found by its receipt or in the member's history, seen before it is confirmed."""

import pytest
from django.utils import timezone

from loyalty.counter.models import ClerkProfile, CounterAction, CounterLimits
from loyalty.earning.models import Activity
from loyalty.earning.operations import ActivityInput, MemberRef, record_activity
from loyalty.ledger.queries import balance
from members.operations import block_member
from tests.factories.counter import TillBrowser, key_of, text_of
from tests.factories.earning import EarningRuleFactory
from tests.factories.programs import ProgramFactory, StoreFactory, UserFactory
from tests.factories.rewards import BurnRuleFactory, give_points

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_point_per_euro(program):
    EarningRuleFactory(program=program)


def points(member, program):
    return balance(program=program, member_id=member.pk, at=timezone.now()).available


def preview(till, member, **data):
    return text_of(
        till.post(f"/counter/member/{member.number}/refund/preview/", {"key": key_of(till.at(member))} | data)
    )


def test_a_scanned_receipt_opens_its_refund_and_a_part_then_the_rest_goes_back(till, ana, program):
    till.do("sell", ana, amount="30", receipt="T-1")
    page = till.find("T-1")
    assert page.redirect_chain[-1][0] == f"/counter/member/{ana.number}/refund/?receipt=T-1"
    assert 'value="T-1"' in page.content.decode()

    told = preview(till, ana, receipt="T-1", amount="10")
    assert "To give back €10.00" in told
    assert "Takes − 10 points" in told
    assert points(ana, program) == 30
    receipt = text_of(till.do("refund", ana, key=key_of(page), receipt="T-1", amount="10"))
    assert "− 10 points" in receipt
    assert "Balance 20 points" in receipt
    assert "receipt T-1" in receipt
    assert "Undo" not in receipt
    assert "recorded already" in text_of(till.do("refund", ana, key=key_of(page), receipt="T-1", amount="10"))
    assert "More than what is left" in text_of(till.do("refund", ana, receipt="T-1", amount="25"))
    assert "€20.00 left" in text_of(till.at(ana, "refund"))

    assert "− 20 points" in text_of(till.do("refund", ana, receipt="T-1"))
    assert "refunded completely" in text_of(till.do("refund", ana, receipt="T-1"))
    assert points(ana, program) == 0
    assert "too late to undo" in text_of(till.undo())


def test_points_that_paid_come_back_with_the_last_of_it(till, ana, program):
    BurnRuleFactory(program=program)
    give_points(program, ana, 300)
    till.do("sell", ana, amount="30", points="200")
    sale = Activity.objects.get(kind="purchase")

    told = preview(till, ana, sale=sale.pk)
    assert "Points that had paid come back 200 points" in told
    assert "To give back €20.00" in told
    page = text_of(till.do("refund", ana, sale=sale.pk))

    assert "To give back €20.00" in page
    assert points(ana, program) == 300


def test_a_purchase_of_another_store_names_it_and_one_of_another_system_is_in_the_history(till, ana, program):
    nice = StoreFactory(program=program, name="Nice Étoile")
    TillBrowser(UserFactory(groups=["clerk"], stores=[nice]), nice).do("sell", ana, amount="12", receipt="N-9")
    web = ActivityInput("web-7", MemberRef("id", str(ana.pk)), "purchase", timezone.now(), amount=700)
    record_activity(program=program, source="shop", activity=web, at=timezone.now())

    history = text_of(till.at(ana, "refund"))
    assert "€12.00" in history
    assert "€7.00" in history
    assert "This was bought at Nice Étoile." in preview(till, ana, receipt="N-9")
    assert "This was bought at Nice Étoile." in text_of(till.do("refund", ana, receipt="N-9"))
    assert "− 7 points" in text_of(till.do("refund", ana, receipt="web-7"))

    assert points(ana, program) == 0
    refund = Activity.objects.get(kind="refund", source="shop")
    assert (refund.store, refund.by, CounterAction.objects.latest("pk").source) == (till.store, till.user, "shop")


def test_what_cannot_be_refunded_is_one_sentence(till, ana, bruno, program):
    till.do("sell", bruno, amount="10", receipt="B-1")
    till.do("sell", ana, amount="10", receipt="A-1")
    hers = Activity.objects.get(member=ana)

    assert "Choose the purchase, or type the number" in text_of(till.do("refund", ana))
    assert "made by another member" in text_of(till.do("refund", ana, receipt="B-1"))
    assert "This receipt is not known." in text_of(till.do("refund", ana, receipt="\u200f😀"))
    assert "Type an amount such as" in text_of(till.do("refund", ana, receipt="A-1", amount="-5"))
    assert "Select a valid choice" in text_of(till.do("refund", bruno, sale=hers.pk))
    till.do("sell", ana, amount="20", receipt="A-2")
    assert "another purchase than the one chosen" in text_of(till.do("refund", ana, sale=hers.pk, receipt="A-2"))
    till.undo()
    assert "This receipt is not known." in text_of(till.do("refund", ana, receipt="A-2"))

    other = StoreFactory(program=ProgramFactory())
    elsewhere = TillBrowser(UserFactory(groups=["clerk"], stores=[other]), other)
    assert "nothing is known" in text_of(elsewhere.find("A-1"))
    block_member(member=ana, reason="x", at=timezone.now(), by=None)
    assert "This membership is blocked" in text_of(till.do("refund", ana, sale=hers.pk))
    assert "This membership is blocked" in text_of(till.find("A-1"))
    assert not Activity.objects.filter(kind="refund", amount=1000).exists()


def test_ones_own_purchase_is_not_refunded_and_a_large_one_asks_a_supervisor(till, ana, program, manager):
    till.do("sell", ana, amount="100", receipt="A-1")
    CounterLimits.objects.create(program=program, largest_sale=5_000)

    asked = till.do("refund", ana, receipt="A-1")
    assert "a supervisor confirms it" in text_of(asked)
    assert "− 40 points" in text_of(till.do("refund", ana, receipt="A-1", amount="40"))
    assert "− 60 points" in text_of(till.do("refund", ana, receipt="A-1", supervisor=manager.pk, pin="2580"))

    till.do("sell", ana, amount="10", receipt="A-2")
    ClerkProfile.objects.create(user=till.user, member=ana)
    assert "You cannot serve yourself" in text_of(till.do("refund", ana, receipt="A-2"))
