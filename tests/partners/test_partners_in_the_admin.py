"""The partner manager keeps the partners; finance reads."""

import pytest

from loyalty.partners.models import Partner
from tests.factories.partners import PartnerMemberFactory

pytestmark = pytest.mark.django_db
PARTNERS = "/admin/partners/partner/"
MEMBERS = "/admin/partners/partnermember/"
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
