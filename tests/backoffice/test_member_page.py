"""The member's page: what is held and why, everything that happened with the newest first, the balance drawn."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.html import escape

from loyalty.ledger import operations as ledger
from loyalty.ledger.models import Account
from tests.factories.earning import ActivityFactory, DecisionFactory
from tests.factories.members import ConsentFactory, EnrolmentFactory, MemberFactory
from tests.factories.programs import ProgramFactory, StoreFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def buy(program, ana):
    def buy(amount, day=0, points=10, store=None):
        at = AT + day * DAY
        purchase = ActivityFactory(program=program, member=ana, amount=amount, occurred_at=at, store=store)
        DecisionFactory(activity=purchase, granted=points)
        cause = ledger.Cause(f"activity:{purchase.source}", purchase.external_id)
        ledger.earn(program=program, member_id=ana.pk, points=points, cause=cause, at=at)

    return buy


@pytest.fixture
def overview(ana):
    def overview(browser, **query):
        return browser.get(f"/admin/members/member/{ana.pk}/overview/", query)

    return overview


def test_what_happened_is_told_newest_first(as_role, program, ana, buy, overview, text_of):
    buy(1250)
    buy(4000, day=2)
    ConsentFactory(member=ana, recorded_at=AT + DAY)
    cause = ledger.Cause("adjustment", "x")
    ledger.adjust(program=program, member_id=ana.pk, points=-3, reason="typo", cause=cause, at=AT + 3 * DAY, by=None)

    page = text_of(overview(as_role("support")))

    told = ["adjusted · Adjusted by hand typo -3", "Purchase · €40.00", "Consent given: e-mail", "Purchase · €12.50"]
    assert [page.index(text) for text in told] == sorted(page.index(text) for text in told)


def test_points_of_a_purchase_are_told_once(as_role, buy, overview, text_of):
    buy(1250, points=12)

    assert text_of(overview(as_role("support"))).count("+12") == 1


def test_the_balance_leads_to_its_reasons(as_role, ana, buy, overview):
    buy(1250)
    account = Account.objects.get(member=ana)

    assert f"/admin/ledger/account/{account.pk}/why/" in overview(as_role("support")).content.decode()


def test_the_chart_ends_at_the_balance(as_role, ana, buy, overview):
    buy(1250, points=12)
    buy(900, day=40, points=9)

    [chart] = overview(as_role("support")).context["charts"]

    drawn = json.loads(chart.data)
    assert drawn["datasets"][0]["data"][-1] == Account.objects.get(member=ana).available
    assert len(drawn["labels"]) == len(drawn["datasets"][0]["data"])


def test_older_moments_are_on_the_next_page(as_role, buy, overview, text_of):
    for day in range(45):
        buy(100 * (day + 1), day=day, points=1)
    support = as_role("support")

    first, second = text_of(overview(support)), text_of(overview(support, page=2))

    assert "Purchase · €45.00" in first
    assert "Purchase · €1.00" not in first
    assert "Purchase · €1.00" in second
    assert "Older" in first
    assert "Older" not in second


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999", ""])
def test_a_page_number_of_nonsense_is_the_first_or_an_empty_one(as_role, buy, overview, page):
    buy(1250)

    assert overview(as_role("support"), page=page).status_code == 200


def test_a_member_of_two_programs_is_shown_in_one_at_a_time(as_role, ana, buy, overview, text_of):
    EnrolmentFactory(member=ana, program=ProgramFactory(code="cinema", name="Cinéma"))
    buy(1250)
    support = as_role("support")

    assert "Purchase" in text_of(overview(support))
    assert "Purchase ·" not in text_of(overview(support, program="cinema"))


def test_somebody_in_no_program_has_a_page(as_role, text_of):
    page = as_role("support").get(f"/admin/members/member/{MemberFactory().pk}/overview/")

    assert "Not enrolled in any program." in text_of(page)


def test_a_name_is_shown_as_text(as_role, ana, overview):
    ana.first_name = "<script>alert(1)</script>"
    ana.save()

    page = overview(as_role("support")).content.decode()

    assert "<script>alert(1)" not in page
    assert escape("<script>alert(1)</script>") in page


def test_a_store_manager_sees_the_purchases_of_own_stores(as_role, program, ana, store, buy, overview, text_of):
    ana.enrolments.update(store=store)
    buy(1250, store=store)
    buy(7700, day=1, store=StoreFactory(program=program, name="Nantes"))

    page = text_of(overview(as_role("store manager", stores=[store])))

    assert "€12.50" in page
    assert "€77.00" not in page


def test_a_store_manager_does_not_find_members_of_other_stores(as_role, ana, store, overview):
    assert overview(as_role("store manager", stores=[store])).status_code == 404


def test_the_form_of_a_member_leads_to_the_page(as_role, ana):
    form = as_role("support").get(f"/admin/members/member/{ana.pk}/change/")

    assert f"/admin/members/member/{ana.pk}/overview/" in form.content.decode()
