"""What a partner was billed and owed by month, as a chart and a table whose figures open their lists."""

import json
import re

import pytest

from loyalty.partners.operations import settle
from tests.factories.partners import DAY, NOON, DisputeFactory, a_row_of_theirs

pytestmark = pytest.mark.django_db


@pytest.fixture
def march(at_hotel, ana):
    at_hotel.sell(ana, 1000)
    at_hotel.take_points(ana, 200)
    return settle(program=at_hotel.program, partner=at_hotel.partner, month=NOON.date(), at=NOON + 30 * DAY)


def months(browser, partner):
    return browser.get(f"/admin/partners/partner/{partner.pk}/months/")


def test_each_month_has_what_was_billed_owed_and_disputed(as_role, hotel, march):
    DisputeFactory(matched=a_row_of_theirs(march))
    page = months(as_role("finance", "fr"), hotel)
    assert [cell.value for cell in page.context["rows"][0]] == [
        "mars 2026",
        "Les Halles",
        "15,00\xa0€",
        "\u22121,60\xa0€",
        "0,00\xa0€",
        "13,40\xa0€",
        "1",
    ]
    drawn = json.loads(page.context["chart"].data)
    assert [series["data"] for series in drawn["datasets"]] == [[15.0], [-1.6], [1.5]]


def test_every_figure_opens_the_list_behind_it(as_role, hotel, march):
    DisputeFactory(matched=a_row_of_theirs(march))
    DisputeFactory()  # of another partner
    browser = as_role("finance")
    links = re.findall(r'class="bo-link" href="([^"]+)"', months(browser, hotel).content.decode())
    found = [browser.get(link.replace("&amp;", "&")) for link in links]
    counts = [page.context["cl"].result_count for page in found if "cl" in page.context]
    assert counts == [1, 1, 2, 1]  # billed, owed, all of the month, disputes


def test_a_partner_without_statements_has_an_empty_page(as_role, hotel):
    page = months(as_role("finance"), hotel)
    assert "No statement yet" in page.content.decode()


def test_only_who_sees_statements_sees_the_months(as_role, hotel):
    assert months(as_role("marketing"), hotel).status_code == 403
    assert months(as_role("partner manager"), hotel).status_code == 200
