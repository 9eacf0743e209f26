"""The gallery: a program of one's own from a template, without a command line."""

import pytest

from loyalty.earning.models import EarningRule
from loyalty.programs.models import Program

pytestmark = pytest.mark.django_db
GALLERY = "/admin/programs/program/gallery/"
OWN = {
    "name": "Chez nous",
    "code": "chez-nous",
    "money_currency": "EUR",
    "language": "fr",
    "phone_region": "FR",
    "time_zone": "Europe/Paris",
}


def test_every_template_is_a_card(as_role):
    page = as_role("administrator").get(GALLERY).content.decode()
    assert "Yes2You" in page
    assert "?template=yes2you" in page


def test_a_program_is_made_under_ones_own_name(as_role):
    response = as_role("administrator").post(f"{GALLERY}?template=yes2you", OWN)
    program = Program.objects.get()
    assert response.headers["location"] == f"/admin/programs/program/{program.pk}/change/"
    assert (program.code, program.name, program.money_currency, program.expiry_months) == (
        "chez-nous",
        "Chez nous",
        "EUR",
        12,
    )
    assert EarningRule.objects.get(code="per-dollar").program == program


def test_a_code_that_is_taken_is_refused_at_its_field(as_role, program):
    response = as_role("administrator").post(f"{GALLERY}?template=yes2you", OWN | {"code": program.code})
    assert response.context["form"].errors.keys() == {"code"}
    assert Program.objects.get() == program


def test_a_template_that_is_not_there_is_a_page_not_found(as_role):
    assert as_role("administrator").get(f"{GALLERY}?template=nothing").status_code == 404
