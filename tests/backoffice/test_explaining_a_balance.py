"""“Why this balance?”: every entry with its cause in words, what was held after it, and the lots that are left."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.ledger import operations as ledger
from loyalty.ledger.models import Account
from tests.factories.earning import ActivityFactory, DecisionFactory, EarningRuleFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def earn(program, ana):
    def earn(points, day=0, cause=("test", ""), **terms):
        cause = ledger.Cause(cause[0], cause[1] or str(day))
        ledger.earn(program=program, member_id=ana.pk, points=points, cause=cause, at=AT + day * DAY, **terms)

    return earn


@pytest.fixture
def why(ana, text_of):
    def why(browser, **query):
        account = Account.objects.get(member=ana)
        return text_of(browser.get(f"/admin/ledger/account/{account.pk}/why/", query))

    return why


def test_a_purchase_is_told_with_what_each_rule_made_of_it(as_role, program, ana, store, earn, why):
    EarningRuleFactory(program=program, code="base", name="One point per euro")
    purchase = ActivityFactory(
        program=program, member=ana, source="till", external_id="T-1", amount=4250, currency="EUR", store=store
    )
    outcome = {"rule": "base", "version": 1, "reason": "matched", "desired": 42, "granted": 42, "amount": 4250}
    DecisionFactory(activity=purchase, member=ana, granted=42, outcomes=[outcome])
    earn(42, cause=("activity:till", "T-1"))

    page = why(as_role("support"))

    assert "Purchase · €42.50 · Lyon Part-Dieu" in page
    assert "One point per euro: 42 points for €42.50." in page
    assert "+42" in page


def test_entries_show_what_was_held_after_each(as_role, program, ana, earn, why):
    earn(100)
    earn(30, day=1)
    ledger.redeem(program=program, member_id=ana.pk, points=120, cause=ledger.Cause("test", "spent"), at=AT + 2 * DAY)

    page = why(as_role("finance"))

    assert page.index("-120 10") < page.index("+30 130") < page.index("+100 100")
    assert "100 of those earned on 03/02/2026" in page
    assert "20 of those earned on 03/03/2026" in page


def test_a_lot_shows_its_last_usable_day_on_the_programs_calendar(as_role, earn, why):
    earn(10, expires_at=datetime(2099, 12, 31, 23, tzinfo=UTC))  # 1 January 2100, 00:00 in Paris

    assert "12/31/2099" in why(as_role("finance"))


def test_pending_points_are_shown_apart(as_role, earn, why):
    earn(10)
    earn(5, day=1, active_at=datetime(2099, 5, 1, tzinfo=UTC))

    page = why(as_role("finance"))

    assert "Available 10" in page
    assert "Pending 5" in page
    assert "pending until 05/01/2099" in page


def test_an_adjustment_says_who_did_it_and_why(as_role, program, ana, why):
    finance = as_role("finance")
    ledger.adjust(
        program=program,
        member_id=ana.pk,
        points=7,
        reason="a gesture",
        cause=ledger.Cause("adjustment", "x"),
        at=AT,
        by=finance.user,
    )

    page = why(finance)

    assert "Adjusted by hand “a gesture” by" in page
    assert finance.user.username in page


def test_an_unknown_cause_is_shown_as_it_stands(as_role, earn, why):
    earn(1, cause=("kiosk", "77"))

    assert "kiosk:77" in why(as_role("finance"))


def test_long_histories_are_paged(as_role, earn, why):
    for day in range(60):
        earn(1, day=day)
    finance = as_role("finance")

    assert "Older" in why(finance)
    assert "+1 1 Newer" in why(finance, page=2)


def test_a_long_history_takes_no_more_statements(as_role, ana, earn, django_assert_max_num_queries):
    for day in range(40):
        earn(1, day=day)
    finance, account = as_role("finance"), Account.objects.get(member=ana)

    with django_assert_max_num_queries(20):
        finance.get(f"/admin/ledger/account/{account.pk}/why/")


def test_the_page_of_no_account_is_missing(as_role):
    assert as_role("finance").get("/admin/ledger/account/999/why/").status_code == 404
    assert as_role("finance").get("/admin/ledger/account/abc/why/").status_code == 404


def test_who_may_not_see_accounts_sees_no_explanation(as_role, ana, earn):
    earn(1)
    account = Account.objects.get(member=ana)

    assert as_role("clerk").get(f"/admin/ledger/account/{account.pk}/why/").status_code == 403


def test_what_a_late_night_undid_says_so(as_role, program, ana, earn, why):
    bread = ledger.Cause("test", "bread")
    earn(100, cause=bread)
    ledger.take_back(
        program=program,
        member_id=ana.pk,
        points=100,
        earned_by=bread,
        cause=ledger.Cause("test", "returned"),
        at=AT + 5 * DAY,
    )
    ledger.redeem_steps(
        program=program, at=AT + DAY, step=100, source="issuance", first_member=ana.pk, last_member=ana.pk
    )

    page = why(as_role("finance"))

    assert "reversed Undone and done anew: a night before it came late +100 0" in page
    assert page.count("test:returned") == 2
