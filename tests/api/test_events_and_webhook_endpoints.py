"""What happened, for a partner to fetch or to be told: about its own members, under its own names for them."""

import pytest
from standardwebhooks import Webhook

from loyalty.events.operations import emit, publish
from loyalty.partners.models import PartnerMember
from loyalty.webhooks.models import Endpoint
from members.operations import erase_member, merge_members
from tests.api.test_problems import told
from tests.factories.members import EnrolmentFactory, MemberFactory
from tests.factories.partners import PartnerMemberFactory
from tests.listener import listening

pytestmark = pytest.mark.django_db
HOOK = {"name": "till", "url": "https://hotel.example/hooks", "types": ["activity.recorded"]}


def types(answer):
    return [event["type"] for event in answer.json()["results"]]


def test_a_reader_sees_each_event_of_its_members_once(hotel_api, airline_api, guest, purchase):
    airline_api.post("members", {"external_id": "flyer-1"})
    hotel_api.post("activities", purchase)
    assert types(hotel_api.get("events")) == []  # nothing is numbered yet
    publish()

    first = hotel_api.get("events", {"limit": 1})
    assert types(first) == ["activity.recorded"]  # signing up
    assert first.json()["has_more"] is True
    rest = hotel_api.get("events", {"cursor": first.json()["next"]})
    assert types(rest) == ["member.enrolled", "activity.recorded"]
    recorded = rest.json()["results"][1]
    assert (recorded["data"]["member"], recorded["data"]["program"]) == (guest["id"], "les-halles")
    assert recorded["data"]["granted"] == 30
    assert recorded["timestamp"].startswith("2026-03-02T11:00:00")
    end = rest.json()["next"]
    assert rest.json()["has_more"] is False
    assert hotel_api.get("events", {"cursor": end}).json() == {"results": [], "next": end, "has_more": False}
    assert types(hotel_api.get("events", {"type": "member.enrolled"})) == ["member.enrolled"]

    assert types(airline_api.get("events")) == ["activity.recorded", "member.enrolled"]
    assert guest["id"] not in airline_api.get("events").content.decode()
    assert told(hotel_api.get("events", {"cursor": "tomorrow"})) == (400, "invalid")


def test_what_happened_to_somebody_before_they_became_a_member_is_told(hotel_api, guest, program):
    """Two cards of one person: the partner knows the one that was given up."""
    known = PartnerMember.objects.get(public_id=guest["id"]).member
    kept = EnrolmentFactory(program=program, member=MemberFactory()).member
    merge_members(keep=kept, absorb=known, at=kept.created_at, by=None, reason="same person")
    facts = {"program_code": program.code, "payload": {"from": "", "to": "gold", "reason": "up", "activity": 5}}
    facts |= {"occurred_at": kept.created_at, "recorded_at": kept.created_at}
    for member in (known, kept):
        emit(kind="tier.changed", member_id=member.pk, **facts)
    publish()

    found = hotel_api.get("events", {"type": "tier.changed"}).json()["results"]

    assert [event["data"] for event in found] == [
        {"program": "les-halles", "member": guest["id"], "from": "", "to": "gold", "reason": "up"}
    ] * 2


def test_what_was_recorded_has_a_name_for_whoever_recorded_it_alone(hotel_api, airline_api, guest, purchase, program):
    known = PartnerMember.objects.get(public_id=guest["id"]).member
    PartnerMemberFactory(partner=airline_api.partner, program=program, member=known)
    hotel_api.post("activities", purchase)
    publish()

    [_sign_up, own] = hotel_api.get("events", {"type": "activity.recorded"}).json()["results"]
    [_sign_up, others] = airline_api.get("events", {"type": "activity.recorded"}).json()["results"]

    assert hotel_api.get(f"activities/{own['data']['activity']}").json()["external_id"] == purchase["external_id"]
    assert (others["id"], others["data"]["granted"], "activity" in others["data"]) == (own["id"], 30, False)


def test_an_exchange_goes_by_the_name_that_undoes_it(hotel_api, guest, purchase, coffee):
    hotel_api.post("activities", purchase | {"amount": "100.00"})
    swap = {"member": {"id": guest["id"]}, "reward": "coffee", "external_id": "swap-1"}
    made = hotel_api.post("redemptions", swap).json()
    publish()

    [event] = hotel_api.get("events", {"type": "reward.redeemed"}).json()["results"]

    assert event["data"]["redemption"] == made["id"]


def test_an_endpoint_is_made_changed_and_closed(hotel_api, airline_api, program):
    made = hotel_api.post("webhook-endpoints", HOOK | {"program": "les-halles"})
    assert made.status_code == 201, made.content
    data, address = made.json(), made["Location"]
    assert (data["types"], data["program"], data["is_active"]) == (["activity.recorded"], "les-halles", True)
    assert hotel_api.get("webhook-endpoints").json()["results"] == [data]
    assert hotel_api.get(f"{address}/secret").json()["secret"] == Endpoint.objects.get().secret

    assert told(hotel_api.patch(address, {"types": []})) == (428, "if_match_missing")
    changed = hotel_api.patch(address, {"types": []}, etag=made["ETag"])
    assert (changed.status_code, changed.json()["types"], changed.json()["url"]) == (200, [], HOOK["url"])
    assert told(hotel_api.patch(address, {"name": "desk"}, etag=made["ETag"])) == (412, "changed_meanwhile")

    old = Endpoint.objects.get().secret
    rotated = hotel_api.post(f"{address}/secret")
    assert rotated.status_code == 201, rotated.content
    assert rotated.json()["previous_until"] is not None
    assert hotel_api.get(f"{address}/secret").json()["secret"] not in ("", old)

    assert hotel_api.delete(address).status_code == 204
    assert hotel_api.get(address).json()["is_active"] is False
    assert told(hotel_api.post("webhook-endpoints", HOOK | {"types": ["cart.abandoned"]})) == (400, "invalid")
    assert told(hotel_api.post("webhook-endpoints", HOOK | {"url": "nowhere"})) == (422, "invalid")

    assert airline_api.get("webhook-endpoints").json()["results"] == []
    for answer in [airline_api.get(address), airline_api.get(f"{address}/secret"), airline_api.delete(address)]:
        assert told(answer) == (404, "endpoint_unknown")
    assert told(airline_api.post(f"{address}/secret")) == (404, "endpoint_unknown")
    assert told(airline_api.patch(address, {"name": "x"}, etag="*")) == (404, "endpoint_unknown")
    assert told(hotel_api.get(f"webhook-endpoints/{10**30}")) == (404, "endpoint_unknown")


def test_an_endpoint_is_tried_before_anything_has_happened(hotel_api, airline_api):
    with listening() as listener:
        address = hotel_api.post("webhook-endpoints", HOOK | {"url": f"{listener.url}/hooks"})["Location"]
        listener.answer = lambda _request: 204
        assert hotel_api.post(f"{address}/test").json() == {"status": 204}
        [request] = listener.requests
    assert request.json["type"] == "test"
    secret = hotel_api.get(f"{address}/secret").json()["secret"]
    assert Webhook(secret).verify(request.body, request.headers)

    silent = hotel_api.post(f"{address}/test")  # nobody listens any more
    assert told(silent) == (422, "no_answer")
    assert silent.json()["detail"] == "The other system does not answer."
    assert told(airline_api.post(f"{address}/test")) == (404, "endpoint_unknown")


def test_of_a_forgotten_member_only_that_is_left_and_only_for_who_knew_them(hotel_api, airline_api, guest):
    airline_api.post("members", {"external_id": "flyer-1"})
    known = PartnerMember.objects.get(public_id=guest["id"]).member
    erase_member(member=known, at=known.created_at, by=None, reason="asked")
    publish()

    [event] = hotel_api.get("events").json()["results"]
    assert (event["type"], event["data"]) == ("member.erased", {"program": "les-halles", "member": guest["id"]})
    assert "member.erased" not in types(airline_api.get("events"))
