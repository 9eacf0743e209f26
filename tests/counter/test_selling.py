"""A purchase at the counter: found, typed, confirmed, undone."""

import pytest

from loyalty.counter.models import CounterAction
from tests.factories.counter import key_of, text_of
from tests.factories.earning import EarningRuleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_point_per_euro(program):
    EarningRuleFactory(program=program)


def test_a_scanned_card_a_typed_amount_and_one_confirm_give_points(till, ana):
    page = till.find(ana.cards.get().number)
    assert "Ana Almeida" in text_of(page)

    receipt = text_of(till.do("sell", ana, key=key_of(page), amount="12,50", receipt="T-1"))

    assert "+ 12 points" in receipt
    assert "Balance 12 points" in receipt
    action = CounterAction.objects.get()
    assert (action.clerk, action.store, action.device, action.member) == (till.user, till.store, till.device, ana)
    assert (action.journey, action.receipt) == ("sell", "T-1")


def test_undone_in_time_it_never_happened_and_undone_twice_neither(till, ana):
    till.do("sell", ana, amount="12.50")

    assert "Undone." in text_of(till.undo())
    page = text_of(till.undo())

    assert "Balance 0 points" in page
    assert CounterAction.objects.get().undone_by == till.user


def test_the_same_form_sent_again_gives_the_same_receipt(till, ana):
    key = key_of(till.at(ana))
    till.do("sell", ana, key=key, amount="12.50")

    again = text_of(till.do("sell", ana, key=key, amount="12.50"))
    changed = text_of(till.do("sell", ana, key=key, amount="99"))

    assert "recorded already" in again
    assert "other figures" in changed
    assert "Balance 12 points" in changed
    assert CounterAction.objects.count() == 1


def test_lines_that_a_clerk_added_come_back_with_what_is_wrong(till, ana):
    articles = {f"line-{number}-sku": f"A{number}" for number in range(4)} | {"line-3-price": "x"}

    page = till.do("sell", ana, amount="10", **articles)

    assert "Something is missing among the articles" in text_of(page)
    assert 'name="line-3-sku" value="A3"' in page.content.decode()
    assert 'name="line-4-sku"' not in page.content.decode()
