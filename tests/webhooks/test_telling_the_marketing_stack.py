"""Tools that speak Segment's language hear of members who said yes to e-mails: what they did, and who they are."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from loyalty.earning.operations import enrol_member
from loyalty.webhooks.models import Delivery, Endpoint
from loyalty.webhooks.operations import WebhookRefused, add_endpoint
from members.operations import erase_member, update_member, withdraw_consent
from tests.factories.members import ConsentFactory
from tests.webhooks.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def tool(endpoint):
    return endpoint(format=Endpoint.Format.SEGMENT, secret="write-key")


def batches(listener):
    return [request.json["batch"] for request in listener.requests]


def test_what_a_member_did_is_tracked_under_a_name_that_stays(tool, ana, happen, tell, listener):
    ConsentFactory(member=ana)
    event = happen(ana)

    tell()

    assert listener.requests[0].headers["authorization"] == "Basic d3JpdGUta2V5Og=="
    [[track]] = batches(listener)
    assert track.pop("context")["library"]["name"] == "loyalty-back-office"
    assert track == {
        "type": "track",
        "messageId": f"evt_{event.pk}",
        "event": "Tier Changed",
        "properties": {"program": "les-halles", "from": "silver", "to": "gold", "reason": "up"},
        "userId": f"member-{ana.pk}",
        "timestamp": "2026-03-05T12:00:00+00:00",
    }


def test_a_new_member_and_a_changed_one_are_identified(tool, program, tell, listener):
    zoe = enrol_member(program=program, at=NOW, email="zoe@example.com", first_name="Zoé", consents=["email"]).member
    later = NOW + timedelta(minutes=1)
    update_member(member=zoe, first_name="Zoë", at=later, by=None)
    update_member(member=zoe, first_name="Zoë", at=later, by=None)  # nothing changed

    tell(at=later)

    identified = [call["traits"]["firstName"] for batch in batches(listener) for call in batch if "traits" in call]
    assert identified == ["Zoë", "Zoë"]  # as the person is now, each time
    names = [call["event"] for batch in batches(listener) for call in batch if call["type"] == "track"]
    assert sorted(names) == ["Activity Recorded"] * names.count("Activity Recorded") + [
        "Member Enrolled",
        "Member Updated",
    ]


def test_of_whoever_did_not_say_yes_nothing_is_told(tool, ana, bruno, happen, tell, listener):
    ConsentFactory(member=bruno)
    happen(ana)
    happen(bruno)
    listener.answer = lambda request: 500
    tell()
    withdraw_consent(member=bruno, channel="email", source="counter", at=NOW, by=None)

    tell(at=NOW + timedelta(hours=1))

    assert len(listener.requests) == 1
    assert Delivery.objects.get().state == Delivery.State.SKIPPED


def test_tools_are_told_to_forget(tool, ana, tell, listener):
    ConsentFactory(member=ana)
    erase_member(member=ana, at=NOW, by=None, reason="asked")

    tell()

    [[track]] = batches(listener)
    assert (track["event"], track["userId"]) == ("Member Erased", f"member-{ana.pk}")


def test_a_partner_is_never_spoken_to_in_that_language_and_a_tool_not_without_its_key(hotel, endpoint):
    with pytest.raises(ValidationError):
        endpoint(hotel, format=Endpoint.Format.SEGMENT, secret="k")
    with pytest.raises(WebhookRefused):
        add_endpoint(name="x", url="https://tool.example", format=Endpoint.Format.SEGMENT, at=NOW, by=None)
