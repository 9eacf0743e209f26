"""The partner manager keeps the partners; finance reads."""

import csv
import re
from io import StringIO

import pytest

from loyalty.partners.models import Contract, Partner
from loyalty.partners.operations import settle
from tests.factories.partners import DAY, NOON, PartnerMemberFactory, drawn

pytestmark = pytest.mark.django_db
PARTNERS = "/admin/partners/partner/"
MEMBERS = "/admin/partners/partnermember/"
CONTRACTS = "/admin/partners/contract/"
STATEMENTS = "/admin/partners/statement/"
HOTEL = {"name": "Harbour Hotels", "code": "hotel", "currency": "EUR", "language": "fr", "is_active": "on"}


def test_a_partner_is_added_and_changed_but_keeps_its_code(as_role):
    browser = as_role("partner manager")
    assert browser.post(f"{PARTNERS}add/", HOTEL).status_code == 302
    hotel = Partner.objects.get()
    changed = HOTEL | {"code": "other", "name": "Harbour", "is_active": ""}
    assert browser.post(f"{PARTNERS}{hotel.pk}/change/", changed).status_code == 302
    hotel.refresh_from_db()
    assert (hotel.code, hotel.name, hotel.is_active) == ("hotel", "Harbour", False)
    assert hotel.history.count() == 2
    assert browser.post(f"{PARTNERS}{hotel.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_code_is_taken_once(as_role, hotel):
    page = as_role("partner manager").post(f"{PARTNERS}add/", HOTEL)
    assert "code" in page.context["adminform"].form.errors


def test_a_member_is_found_by_what_the_partner_knows(as_role, hotel, program, ana, bruno):
    link = PartnerMemberFactory(partner=hotel, program=program, member=ana)
    other = PartnerMemberFactory(partner=hotel, program=program, member=bruno)
    browser = as_role("finance")
    for term in (str(link.public_id), "Almeida"):
        page = browser.get(MEMBERS, {"q": term}).content.decode()
        assert str(link.public_id) in page
        assert f"{other.public_id}</a>" not in page


def test_a_contract_is_made_ended_and_never_rewritten(as_role, hotel, program, at_hotel, ana):
    browser = as_role("partner manager")
    contract = Contract.objects.get()
    terms = {"valid_from": "2025-01-01", "valid_until": "2025-07-01", "accrual_rate": "0.85", "redemption_rate": "0.8"}
    terms |= {"partner": hotel.pk, "program": program.pk, "rounding": "floor", "billing": "postpaid"}
    terms |= {"kinds": "purchase, visit", "over_budget": "trim", "budget_month": "5000"}
    assert browser.post(f"{CONTRACTS}add/", terms).status_code == 302
    added = Contract.objects.exclude(pk=contract.pk).get()
    assert (added.kinds, added.by, str(added.accrual_rate)) == (["purchase", "visit"], browser.user, "0.850000")
    overlapping = browser.post(f"{CONTRACTS}add/", terms | {"valid_until": ""})
    assert "valid_from" in overlapping.context["adminform"].form.errors
    at_hotel.sell(ana)
    page = browser.get(f"{CONTRACTS}{contract.pk}/change/").context["adminform"].form
    assert {"accrual_rate", "valid_from", "billing"}.isdisjoint(page.fields)
    assert "valid_until" in page.fields


def test_packs_and_payments_are_booked_with_decimals(as_role, at_hotel):
    browser = as_role("finance")
    contract = Contract.objects.get()
    pack = {"points": "1000", "amount": "12.50", "reference": "P1"}
    assert browser.post(f"{CONTRACTS}{contract.pk}/pack/", pack).status_code == 302
    paid = {"amount": "-2.50", "reference": "T1", "paid_on": "2026-03-02"}
    wrong = browser.post(f"{CONTRACTS}{contract.pk}/payment/", paid | {"amount": "1.005"})
    assert wrong.context["form"].errors
    assert browser.post(f"{CONTRACTS}{contract.pk}/payment/", paid).status_code == 302
    assert at_hotel.lines() == [("pack", 0, 1250), ("payment", 0, 250)]


def test_every_figure_of_a_statement_opens_the_lines_behind_it(as_role, at_hotel, ana):
    at_hotel.sell(ana, 1000)
    at_hotel.take_points(ana, 200)
    march = settle(program=at_hotel.program, partner=at_hotel.partner, month=NOON.date(), at=NOON + 30 * DAY)
    browser = as_role("finance", "fr")
    page = browser.get(f"{STATEMENTS}{march.pk}/change/").content.decode()
    assert "Harbour Hotels doit 13,40\xa0€ à Les Halles." in page
    for link in re.findall(r'href="([^"]*partnerline[^"]*statement[^"]*)"', page):
        shown = browser.get(link.replace("&amp;", "&"))
        assert shown.context["cl"].result_count == (1 if "kind" in link else 2)


def test_the_file_and_the_paper_say_the_same(as_role, at_hotel, ana):
    at_hotel.sell(ana, 1000, external_id="=1+1")
    at_hotel.take_points(ana, 200)
    march = settle(program=at_hotel.program, partner=at_hotel.partner, month=NOON.date(), at=NOON + 30 * DAY)
    browser = as_role("finance")
    file = b"".join(browser.get(f"{STATEMENTS}{march.pk}/csv/").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(file)))
    assert [(row["date"], row["points"], row["amount"]) for row in rows] == [
        ("2026-03-02", "1000", "15.00"),
        ("2026-03-04", "-200", "-1.60"),
    ]
    assert rows[0]["reference"] == "'=1+1"
    for language, words in (("fr", b"Page 1 sur 1"), ("en", b"Page 1 of 1")):
        Partner.objects.update(language=language)
        response = browser.get(f"{STATEMENTS}{march.pk}/pdf/")
        assert response.content.startswith(b"%PDF-")
        assert words in drawn(response.content)
