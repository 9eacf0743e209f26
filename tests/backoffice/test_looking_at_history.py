"""Who changed what: read by whom the row concerns, and never a way back around today's checks."""

import pytest
from django.utils import timezone

from members import operations
from members.models import Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def renamed(ana):
    """Ana was called Anna until yesterday."""
    Member.objects.filter(pk=ana.pk).update(first_name="Anna")
    ana.refresh_from_db()
    ana.save()
    ana.first_name = "Ana"
    ana.save()
    return ana


@pytest.fixture
def old_version(renamed):
    version = renamed.history.filter(first_name="Anna").latest("history_date")
    return f"/admin/members/member/{renamed.pk}/history/{version.pk}/"


def test_the_old_name_is_shown(as_role, renamed, old_version):
    support = as_role("support")

    assert "Anna" in support.get(old_version).content.decode()
    assert support.get(f"/admin/members/member/{renamed.pk}/history/").status_code == 200


@pytest.mark.parametrize("role", ["marketing", "support", "administrator"])
def test_nobody_goes_back_to_an_old_version(as_role, renamed, old_version, role):
    response = as_role(role).post(old_version, {"first_name": "Anna", "last_name": "Almeida", "language": "fr"})

    renamed.refresh_from_db()
    assert response.status_code == 403
    assert renamed.first_name == "Ana"


def test_a_store_manager_reads_no_history_of_other_stores(as_role, store, renamed, old_version):
    manager = as_role("store manager", stores=[store])

    assert manager.get(old_version).status_code == 404
    assert manager.get(f"/admin/members/member/{renamed.pk}/history/").status_code == 404


def test_a_change_is_told_in_words(as_role, ana, text_of):
    operations.block_member(member=ana, reason="", at=timezone.now(), by=None)

    page = text_of(as_role("support", language="fr").get(f"/admin/members/member/{ana.pk}/history/"))

    assert "actif arrow_right_alt bloqué" in page
    assert "None" not in page
