"""Staff read members' cards and punch by hand from a page; a card is a picture that everybody can read."""

import re
import uuid

import pytest
import time_machine
from django.urls import reverse

from loyalty.punchcards.models import Punch, PunchCard
from tests.earning.desk import DAY, NOON
from tests.factories.members import EnrolmentFactory
from tests.factories.programs import ProgramFactory
from tests.factories.punchcards import PunchCardProgramFactory

pytestmark = pytest.mark.django_db
STAMP = reverse("admin:punchcards_punchcard_stamp")


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON + 5 * DAY, tick=False):
        yield


def page_of(row):
    return reverse(f"admin:punchcards_{row._meta.model_name}_change", args=[row.pk])


def pictures(page):
    """Of each picture how many holes are punched, and how many there are."""
    drawn = re.findall(r'<svg class="punch-card".*?</svg>', page.content.decode(), re.DOTALL)
    return [(svg.count('class="punched"'), svg.count("<circle")) for svg in drawn]


def filled_in(ana, coffee_card, **values):
    form = {"member": ana.number, "card": coffee_card.pk, "count": "1", "reason": "till was down", "key": uuid.uuid4()}
    return form | values


def test_a_card_is_shown_with_its_punches(as_role, card, till):
    till.visit()
    till.visit(1)
    support = as_role("support")
    page = support.get(page_of(PunchCard.objects.get()))
    assert pictures(page) == [(2, 5)]
    assert "2 of 5 punched" in page.content.decode()
    assert "Almeida" in support.get(reverse("admin:punchcards_punchcard_changelist")).content.decode()


def test_an_open_card_past_its_end_reads_expired(as_role, card, till):
    card.expiry, card.expires_after = "days", 1
    card.save()
    till.visit()
    cards = reverse("admin:punchcards_punchcard_changelist")
    support = as_role("support")
    assert "expired" in support.get(page_of(PunchCard.objects.get())).content.decode()
    assert support.get(cards, {"state": "expired"}).context["cl"].result_count == 1
    assert support.get(cards, {"state": "open"}).context["cl"].result_count == 0
    assert support.get(cards, {"state": "owed"}).context["cl"].result_count == 0


def test_a_punch_by_hand(as_role, card, till, ana):
    support = as_role("support")
    response = support.post(STAMP, filled_in(ana, card, count="2"), follow=True)
    assert "Coffee: 2 punches. The card stands at 2 punches of 5." in response.content.decode()
    punch = Punch.objects.get()
    assert (punch.count, punch.by, punch.reason) == (2, support.user, "till was down")


def test_the_same_form_sent_twice_punches_once(as_role, card, till, ana):
    support, form = as_role("support"), filled_in(ana, card)
    support.post(STAMP, form)
    support.post(STAMP, form)
    assert till.cards() == ["1/5"]


@pytest.mark.parametrize(
    "values",
    [{"member": "nobody"}, {"member": ""}, {"reason": ""}, {"count": "0"}, {"count": "x"}, {"card": "0"}, {"key": "x"}],
)
def test_nonsense_stays_on_the_form(as_role, card, ana, values):
    response = as_role("support").post(STAMP, filled_in(ana, card, **values))
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Punch.objects.exists()


def test_whoever_does_not_take_part_is_refused_at_the_member(as_role, ana):
    elsewhere = PunchCardProgramFactory(program=ProgramFactory())
    response = as_role("support").post(STAMP, filled_in(ana, elsewhere))
    assert "member" in response.context["form"].errors


def test_a_card_leads_to_its_form(as_role, card, till, ana):
    till.visit()
    support = as_role("support")
    address = reverse("admin:punchcards_punchcard_stamp_again", args=[PunchCard.objects.get().pk])
    form = support.get(address, follow=True).context["form"]
    assert (form["member"].value(), form["card"].value()) == (ana.number, str(card.pk))


def test_a_punch_by_hand_is_taken_back(as_role, card, till, ana):
    support = as_role("support")
    support.post(STAMP, filled_in(ana, card, count="5"))
    address = reverse("admin:punchcards_punch_undo", args=[Punch.objects.get().pk])
    assert "Take this punch back" in support.get(page_of(Punch.objects.get())).content.decode()

    response = support.post(address, {"reason": "wrong member"}, follow=True)

    assert "1 unused reward was withdrawn" in response.content.decode()
    assert (till.cards(), till.rewards()) == (["0/5"], ["withdrawn"])
    again = support.post(address, {"reason": "wrong member"})
    assert "This punch was taken back before." in again.content.decode()


def test_what_a_till_punched_has_no_such_button(as_role, card, till):
    till.visit()
    support = as_role("support")
    assert "Take this punch back" not in support.get(page_of(Punch.objects.get())).content.decode()
    address = reverse("admin:punchcards_punch_undo", args=[Punch.objects.get().pk])
    assert "refund the purchase" in support.post(address, {"reason": "x"}).content.decode()


def test_marketing_reads_and_does_not_punch(as_role, card, till, ana):
    till.visit()
    marketing = as_role("marketing")
    assert pictures(marketing.get(page_of(PunchCard.objects.get()))) == [(1, 5)]
    assert marketing.post(STAMP, filled_in(ana, card)).status_code == 403
    assert till.cards() == ["1/5"]


def test_a_store_manager_sees_the_cards_of_own_members(as_role, card, till, store):
    till.visit()
    manager = as_role("store manager", stores=[store])
    cards = reverse("admin:punchcards_punchcard_changelist")
    assert manager.get(cards).context["cl"].result_count == 0
    till.member.enrolments.update(store=store)
    assert manager.get(cards).context["cl"].result_count == 1


@pytest.fixture
def overview(ana):
    return lambda browser: browser.get(f"/admin/members/member/{ana.pk}/overview/")


def test_the_member_s_page_shows_each_card_even_an_empty_one(as_role, card, items_card, till, overview):
    till.visit()
    page = overview(as_role("support"))
    assert pictures(page) == [(1, 5), (0, 10)]
    text = page.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "Coffee: 1 / 5, 4 more visits" in text
    assert "Coffees: 0 / 10, 10 more items" in text


def test_the_member_s_page_in_french(as_role, card, till, overview):
    for day in range(4):
        till.visit(day)
    text = overview(as_role("support", language="fr")).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "Café : 4 / 5, encore 1 visite" in text
    assert "4 cases tamponnées sur 5, encore 1 visite" in text


def test_the_timeline_tells_of_punches(as_role, card, till, ana, overview):
    till.record(10)
    support = as_role("support")
    support.post(STAMP, filled_in(ana, card))
    text = overview(support).content.decode()
    assert "Punch card: Coffee: 1 punch. The card stands at 1 punch of 5." in text
    assert "Punch card by hand: Coffee, +1" in text


def test_a_program_without_cards_shows_none(as_role, till, overview):
    assert "Punch cards</h2>" not in overview(as_role("support")).content.decode()


def test_an_unknown_member_has_no_card(as_role, card, till):
    EnrolmentFactory(program=card.program)
    till.visit()
    assert PunchCard.objects.count() == 1
