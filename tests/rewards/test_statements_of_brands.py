"""What a brand that pays for rewards is told: month by month, each number the length of the list that it opens."""

import csv
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO

import pytest

from rewards import operations, statements
from rewards.models import Voucher
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/rewards/reward/brands/"
DAY = timedelta(days=1)
NOW = datetime(2025, 4, 20, 12, tzinfo=UTC)


def on(month, day, hour=12):
    return datetime(2025, month, day, hour, tzinfo=UTC)


@pytest.fixture
def yogurt(program):
    return RewardFactory(
        program=program, code="yogurt", kind="discount_amount", amount=150, funded_by="=Alpage", voucher_days=30
    )


@pytest.fixture
def spring(yogurt, ana):
    """Four in January (one at 23:30 UTC of December's last day), two used, one given back, one withdrawn."""

    def give(at):
        return operations.issue_voucher(program=yogurt.program, reward=yogurt, member_id=ana.pk, at=at)

    first, second, third, fourth = (give(at) for at in (on(1, 1, 0) - timedelta(minutes=30), *[on(1, 10)] * 3))
    sale = {"program": yogurt.program, "source": "till"}
    operations.redeem_voucher(**sale, code=first.code, external_id="1", amount=100, at=on(1, 20))
    operations.redeem_voucher(**sale, code=second.code, external_id="2", at=on(2, 3))
    operations.redeem_voucher(**sale, code=third.code, external_id="3", amount=900, at=on(1, 25))
    operations.give_back_vouchers(**sale, external_id="3", at=on(1, 26))
    operations.withdraw_voucher(voucher=fourth, reason="x", at=on(2, 1))
    give(on(4, 2))


def months(program, at=NOW):
    rows = statements.brand_statement(program=program, brand="=Alpage", year=2025, at=at)
    return [(row.issued, row.used, row.value_used, row.outstanding) for row in rows]


def test_a_brand_reads_its_months(program, spring):
    assert months(program) == [(4, 1, 100, 3), (0, 1, 150, 0), (0, 0, 0, 0), (1, 0, 0, 1)]


def test_another_brand_and_our_own_rewards_are_not_in_it(program, spring, ana, coffee):
    before = months(program)
    for reward in (coffee, RewardFactory(program=program, funded_by="Other")):
        operations.issue_voucher(program=program, reward=reward, member_id=ana.pk, at=on(1, 5))
    assert months(program) == before
    assert statements.brands(program=program) == ["=Alpage", "Other"]


def test_a_bundle_counts_by_what_it_was_exchanged_for(program, spring, yogurt, ana):
    hamper = operations.add_reward(
        program=program,
        code="hamper",
        kind="bundle",
        name_en="x",
        name_fr="x",
        funded_by="=Alpage",
        items=[(yogurt, 2)],
        at=on(1, 1),
    )
    operations.issue_voucher(program=program, reward=hamper, member_id=ana.pk, at=on(4, 3))
    assert months(program)[3] == (3, 0, 0, 3)


def links(page):
    return [(text, unescape(link)) for link, text in re.findall(r'<a class="bo-link" href="([^"]+)">([^<]+)</a>', page)]


def test_every_number_opens_the_list_of_what_it_counts(as_role, spring, program):
    browser = as_role("finance")
    page = browser.get(PAGE, {"program": program.pk, "brand": "=Alpage", "year": "2025"})
    assert page.status_code == 200
    opened = [
        (text, link) for text, link in links(page.content.decode()) if "?format" not in link and "=csv" not in link
    ]
    assert len(opened) >= 16
    for text, link in opened:
        if text.isdigit():
            assert browser.get(link).context["cl"].result_count == int(text), link


def test_the_file_is_safe_for_spreadsheets(as_role, spring, program):
    asked = {"program": program.pk, "brand": "=Alpage", "year": "2025", "format": "csv"}
    answer = as_role("finance").get(PAGE, asked)
    rows = list(csv.reader(StringIO(answer.content.decode().lstrip("\ufeff"))))
    assert rows[1] == ["'=Alpage", "2025-01", "4", "1", "1.00", "EUR", "3"]


@pytest.mark.parametrize("asked", [{}, {"program": "x", "brand": "nobody", "year": "-1"}, {"year": "99999999999"}])
def test_an_odd_question_is_answered_with_the_first_brand(as_role, spring, asked):
    page = as_role("marketing").get(PAGE, asked)
    assert page.status_code == 200
    assert "=Alpage" in page.content.decode()


def test_without_any_brand_the_page_says_what_to_do(as_role, coffee):
    assert "name the brand on the reward" in as_role("analyst").get(PAGE).content.decode()


def test_who_may_not_see_vouchers_sees_no_statement(as_role, spring):
    assert as_role("clerk").get(PAGE).status_code == 403


def test_an_odd_moment_filters_nothing(as_role, spring):
    for text in ("x", "2025-01-01", "2025-13-01T00:00+00:00", ""):
        page = as_role("finance").get("/admin/rewards/voucher/", {"open_at": text})
        assert page.status_code in (200, 302)
    assert Voucher.objects.count() == 5
