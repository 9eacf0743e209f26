"""Events in the admin are to be read only."""

import pytest
from django.urls import reverse

from loyalty.events.operations import emit
from tests.factories.jobs import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def event():
    return emit(kind="tier_reached", program_code="les-halles", member_id=7, occurred_at=NOON, recorded_at=NOON)


@pytest.mark.parametrize("search, found", [("7", True), ("8", False), ("tier_", True), ("9" * 30, False)])
def test_events_are_found_by_member_or_kind(admin_client, search, found):
    html = admin_client.get(reverse("admin:events_event_changelist"), {"q": search}).content.decode()
    assert ("les-halles" in html) == found


def test_nobody_adds_edits_or_deletes_an_event(admin_client, event):
    page = reverse("admin:events_event_change", args=[event.pk])
    assert admin_client.get(page).status_code == 200
    assert admin_client.post(page, {"kind": "other"}).status_code == 403
    assert admin_client.get(reverse("admin:events_event_add")).status_code == 403
    assert admin_client.post(reverse("admin:events_event_delete", args=[event.pk])).status_code == 403
