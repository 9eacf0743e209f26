"""What referrals bring: purchases, refunds and gifts of friends, by month and by who brought them, to the cent."""

from datetime import date

import pytest

from loyalty.referrals import operations, queries
from loyalty.referrals.models import ReferralRevenue
from tests.factories.members import LONG_AGO
from tests.factories.referrals import newcomer
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/referrals/referralrevenue/report/"


@pytest.fixture
def ten_euros(street, at_once, program):
    """Each new buyer brings the referrer ten euros off."""
    at_once.referrer_points, at_once.referrer_reward = (
        0,
        RewardFactory(program=program, kind="discount_amount", amount=1000, product="", points_price=None),
    )
    at_once.save()
    return at_once


def sums(revenue):
    return (revenue.purchases, revenue.refunds, revenue.cost, revenue.net)


def test_all_that_friends_buy_counts_less_refunds_and_gifts(street, ten_euros, ana, bruno):
    sale = street.purchase(bruno, 50, code=street.code(ana))
    street.record(sale)
    street.give_back(bruno, sale, 20, day=1)
    street.buy(bruno, 30, day=40)
    assert sums(queries.revenue(street.program)) == (8000, -2000, -1000, 5000)


def test_month_by_month_in_the_programs_zone(street, ten_euros, ana, bruno):
    street.buy(bruno, 50, code=street.code(ana))
    street.buy(bruno, 30, day=30)
    months = {month: sums(revenue) for month, revenue in queries.revenue_by_month(street.program)}
    assert months == {date(2026, 3, 1): (5000, 0, -1000, 4000), date(2026, 4, 1): (3000, 0, 0, 3000)}


def test_the_parts_add_up_to_the_whole(street, ten_euros, ana, bruno):
    operations.add_ambassador(program=street.program, name="Anna", code="ANNA10", referrer_cost=700, at=LONG_AGO)
    for number, code in enumerate([street.code(ana), street.code(bruno), "ANNA10", "ANNA10"]):
        street.buy(newcomer(street.program), 10 * (number + 1), day=40 * number, code=code)
    street.night(200)
    total = queries.revenue(street.program).net
    assert sum(revenue.net for _month, revenue in queries.revenue_by_month(street.program)) == total
    assert sum(each.revenue.net for each in queries.revenue_by_source(street.program)) == total
    (anna,) = queries.revenue_by_ambassador(street.program)
    assert sums(anna.revenue) == (7000, 0, -1400, 5600)
    assert anna.revenue.buyers == 2


def test_a_gift_taken_back_costs_nothing(street, ten_euros, ana, bruno):
    sale = street.purchase(bruno, 50, code=street.code(ana))
    street.record(sale)
    street.give_back(bruno, sale, day=1)
    assert sums(queries.revenue(street.program)) == (5000, -5000, 0, 0)


def test_purchases_of_nobodys_friend_do_not_count(street, ten_euros, ana, bruno):
    street.buy(ana)
    street.buy(bruno, code="NOBODY")
    assert not ReferralRevenue.objects.exists()


def test_a_sent_again_purchase_counts_once(street, ten_euros, ana, bruno):
    sale = street.purchase(bruno, 50, code=street.code(ana))
    street.record(sale)
    street.record(sale)
    assert queries.revenue(street.program).purchases == 5000


@pytest.fixture
def browser(as_role):
    return as_role("marketing")


def test_the_page_shows_what_there_is(street, ten_euros, ana, bruno, browser):
    street.buy(bruno, 50, code=street.code(ana))
    page = browser.get(ADDRESS, {"months": "all"}).content.decode()
    for text in ("€40.00", "€50.00", "−€10.00", "March 2026", "Ana Almeida"):
        assert text in page


def test_each_number_opens_the_list_behind_it(street, ten_euros, ana, bruno, browser):
    operations.add_ambassador(program=street.program, name="Anna", code="ANNA10", referrer_cost=700, at=LONG_AGO)
    street.buy(newcomer(street.program), 20, code="ANNA10")
    sale = street.purchase(bruno, 50, code=street.code(ana))
    street.record(sale)
    street.give_back(bruno, sale, 20, day=1)
    context = browser.get(ADDRESS, {"months": "all"}).context
    rows = [*context["months"], *context["sources"], *context["ambassadors"]]
    for row in rows:
        for cell in row.cells:
            response = browser.get(cell.link)
            assert response.status_code == 200
            listed = sum(each.amount for each in response.context["cl"].queryset)
            shown = cell.value.replace("€", "").replace(",", "").replace("−", "-")
            assert f"{listed / 100:.2f}" == shown, (row.title, cell)
    for figure in context["figures"]:
        assert browser.get(figure.link).status_code == 200


def test_the_export_is_safe_for_spreadsheets(street, ten_euros, browser, program):
    danger = newcomer(program, first_name="=HYPERLINK(1)")
    street.buy(newcomer(program), 50, code=street.code(danger))
    lines = browser.get(ADDRESS, {"months": "all", "csv": "sources"}).content.decode().splitlines()
    assert "'=HYPERLINK(1)" in lines[1]
    assert lines[1].endswith("1,50.00,0.00,-10.00,0.00,40.00")
    months = browser.get(ADDRESS, {"months": "all", "csv": "months"}).content.decode().splitlines()
    assert months[1] == "2026-03,1,50.00,0.00,-10.00,0.00,40.00"


def test_who_may_not_export_does_not(street, ten_euros, as_role):
    assert as_role("support").get(ADDRESS, {"csv": "months"}).status_code == 403


def test_without_referrals_the_page_says_so(browser, program):
    assert "No program has referrals yet." in browser.get(ADDRESS).content.decode()


def test_nonsense_in_the_address_is_ignored(street, browser):
    assert browser.get(ADDRESS, {"program": "x", "months": "-1", "csv": "x"}).status_code == 200
