"""Finance issues a month that the job did not, with a reason; others may not."""

from datetime import datetime

import pytest
from django.utils.translation import override

from loyalty.partners.models import Contract, Statement

pytestmark = pytest.mark.django_db
CONTRACTS = "/admin/partners/contract/"
ASKED = {"day": "2026-03-15", "reason": "The worker stood still on the first."}


@pytest.fixture
def page(at_hotel, ana, time_machine):
    at_hotel.sell(ana, 1000)
    time_machine.move_to(datetime.fromisoformat("2026-04-02T09:00:00Z"))
    return f"{CONTRACTS}{Contract.objects.get().pk}/statement/"


def test_the_month_that_holds_the_day_is_issued_with_the_reason_and_the_name(as_role, page):
    browser = as_role("finance")
    done = browser.post(page, ASKED, follow=True)
    statement = Statement.objects.get()
    assert (statement.month.isoformat(), statement.count, statement.by) == ("2026-03-01", 1, browser.user)
    assert statement.reason == ASKED["reason"]
    assert f"/admin/partners/statement/{statement.pk}/change/" in done.content.decode()
    assert ASKED["reason"] in browser.get(f"/admin/partners/statement/{statement.pk}/change/").content.decode()


def test_issuing_again_says_so_and_changes_nothing(as_role, page):
    browser = as_role("finance", "fr")
    browser.post(page, ASKED)
    again = browser.post(page, ASKED | {"reason": "Once more"}, follow=True).content.decode()
    assert Statement.objects.get().reason == ASKED["reason"]
    with override("fr"):
        assert "déjà été émis" in again


def test_a_month_that_is_not_over_is_refused_in_words(as_role, page):
    answer = as_role("finance").post(page, ASKED | {"day": "2026-04-01"})
    assert answer.context["form"].non_field_errors() == ["This month is not over."]
    assert "reason" in as_role("finance").post(page, {"day": "2026-03-15"}).context["form"].errors
    assert not Statement.objects.exists()


def test_the_partner_manager_does_not_issue(as_role, page):
    assert as_role("partner manager").post(page, ASKED).status_code == 403
