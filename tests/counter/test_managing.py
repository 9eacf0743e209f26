"""What a store's manager sees of the counter, and may do about its tills."""

import pytest

from tests.factories.counter import TillBrowser, text_of
from tests.factories.earning import EarningRuleFactory
from tests.factories.programs import StoreFactory
from tests.factories.punchcards import PunchCardProgramFactory
from tests.factories.rewards import give_points

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(manager, store):
    return TillBrowser(manager, store, name="office")


def test_clerks_have_no_page_for_managers(till):
    assert till.get("/counter/manage/").status_code == 403
    assert "Managers" not in text_of(till.get("/counter/"))


def test_a_quiet_store_says_so(office, till, ana):
    EarningRuleFactory(program=ana.enrolments.get().program)
    till.do("sell", ana, amount="10", receipt="T-1")

    page = text_of(office.get("/counter/manage/"))

    assert "Nothing stands out" in page
    assert "purchase · + 10 points · claire" in page


def test_the_same_member_often_and_much_by_hand_are_listed(office, till, ana, program):
    card = PunchCardProgramFactory(program=program, punches_needed=20)
    for _ in range(10):
        till.do("stamp", ana, card=card.pk, count="1")

    page = text_of(office.get("/counter/manage/"))

    assert "claire · 10 times, 10 in all" in page
    assert "Ana Almeida · 10 times" in page


def test_a_sale_taken_back_after_its_points_were_spent_is_listed(office, till, ana, program, coffee):
    give_points(program, ana, 100)
    till.do("redeem", ana, reward=coffee.pk, quantity="1", now="on")
    till.do("sell", ana, amount="10")
    till.undo()

    assert "Taken back after points were spent" in text_of(office.get("/counter/manage/"))


def test_another_stores_doings_are_not_shown(office, ana, program, clerk):
    other = StoreFactory(program=program)
    other.staff.add(clerk)
    EarningRuleFactory(program=program)
    TillBrowser(clerk, other).do("sell", ana, amount="10")

    assert "+ 10 points" not in text_of(office.get("/counter/manage/"))


def test_a_till_is_renamed_and_withdrawn_in_its_own_store_alone(office, till, program, clerk):
    other = StoreFactory(program=program)
    other.staff.add(clerk)
    foreign = TillBrowser(clerk, other).device

    office.post("/counter/manage/", {"device": till.device.pk, "name": "window"})
    assert "Lyon Part-Dieu · window" in text_of(till.get("/counter/"))
    assert "needs a name" in text_of(office.post("/counter/manage/", {"device": till.device.pk, "name": " "}))
    office.post("/counter/manage/", {"device": till.device.pk, "revoke": "yes"})

    assert "Where does this till stand?" in text_of(till.get("/counter/", follow=True))
    assert office.post("/counter/manage/", {"device": foreign.pk, "revoke": "yes"}).status_code == 404
