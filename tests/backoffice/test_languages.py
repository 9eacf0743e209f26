"""French and English: what the browser asks for, until somebody chooses; unfold's own texts included."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_browsers_language_is_spoken(as_role, text_of):
    assert "Log out" in text_of(as_role("finance", language="en").get("/admin/"))
    assert "Déconnexion" in text_of(as_role("finance", language="fr").get("/admin/"))


def test_staff_choose_another_language(as_role, text_of):
    finance = as_role("finance", language="en")

    finance.post("/i18n/setlang/", {"language": "fr", "next": "/admin/"})

    assert "Déconnexion" in text_of(finance.get("/admin/"))


def test_the_menu_offers_both_languages(as_role, text_of):
    page = text_of(as_role("finance").get("/admin/"))

    assert "français" in page
    assert "English" in page


def test_unfolds_own_texts_are_in_french(as_role, text_of):
    page = text_of(as_role("finance", language="fr").get("/admin/ledger/entry/"))

    assert "Filtres" in page
    assert "Appliquer les filtres" in page
    assert "Apply Filters" not in page
