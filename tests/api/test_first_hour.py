"""What a partner's engineer does first: enrol, rehearse, earn, look, refund."""

import pytest

from tests.factories.earning import EarningRuleFactory

NOON = "2026-03-02T12:00:00+01:00"


@pytest.mark.django_db
def test_a_member_earns_and_gives_back(hotel_api, program, store, base_rule, time_machine):
    time_machine.move_to("2026-03-02T13:00:00Z")
    enrolled = hotel_api.post("members", {"email": "zoe@example.com", "external_id": "guest-7", "consents": ["email"]})
    assert enrolled.status_code == 201, enrolled.content
    member = enrolled.json()
    assert (member["external_id"], member["consents"]["email"]) == ("guest-7", True)

    body = {
        "member": {"external_id": "guest-7"},
        "kind": "purchase",
        "external_id": "bill-1",
        "occurred_at": NOON,
        "amount": "12.50",
        "currency": "EUR",
        "store": "lyon",
        "lines": [{"sku": "room", "quantity": 1, "unit_price": "12.50"}],
        "paid_with": [{"tender": "card", "amount": "12.50"}],
    }
    rehearsed = hotel_api.post("activities/calculate", body).json()
    assert rehearsed["id"] is None
    assert rehearsed["granted"] == [{"currency": "points", "points": 12, "pending_until": None}]

    recorded = hotel_api.post("activities", body)
    assert recorded.status_code == 201, recorded.content
    activity = recorded.json()
    assert activity["granted"] == rehearsed["granted"]
    assert activity["balances"][0]["available"] == 12
    assert activity["decision"][0]["rule"] == "base"
    assert hotel_api.get(recorded["Location"]).json() == activity

    assert hotel_api.get(f"members/{member['id']}/balances").json()["balances"] == activity["balances"]

    refund = hotel_api.post(f"activities/{activity['id']}/refunds?preview=true", {"external_id": "refund-1"}, key=None)
    assert refund.status_code == 200, refund.content
    assert refund.json()["granted"][0]["points"] == -12
    refund = hotel_api.post(f"activities/{activity['id']}/refunds", {"external_id": "refund-1"})
    assert refund.status_code == 201, refund.content
    assert (refund.json()["amount"], refund.json()["balances"][0]["available"]) == ("12.50", 0)

    entries = hotel_api.get(f"members/{member['id']}/ledger").json()["results"]
    assert [entry["points"] for entry in entries] == [-12, 12]
    for what in ["tier", "cards", "vouchers", "consents"]:
        assert hotel_api.get(f"members/{member['id']}/{what}").status_code == 200
    found = hotel_api.get("members", {"email": "zoe@example.com"}).json()["results"]
    assert [each["id"] for each in found] == [member["id"]]
    assert hotel_api.get("programs").json()["results"][0]["code"] == "les-halles"


@pytest.mark.django_db
def test_a_program_says_which_channels_its_rules_ask_for(hotel_api, program, base_rule):
    EarningRuleFactory(program=program, channels=["web", "store"])
    EarningRuleFactory(program=program, kind="consent", channels=["sms"])
    EarningRuleFactory(program=program, channels=["fax"], valid_to="2020-01-01T00:00Z")

    assert hotel_api.get("programs/les-halles").json()["channels"] == ["store", "web"]


@pytest.mark.django_db
def test_a_batch_answers_for_each(hotel_api, program, base_rule, time_machine):
    time_machine.move_to("2026-03-02T13:00:00Z")
    hotel_api.post("members", {"external_id": "guest-7"})
    good = {"member": {"external_id": "guest-7"}, "kind": "purchase", "occurred_at": NOON, "amount": "30.00"}
    items = [
        good | {"external_id": "b1"},
        good | {"external_id": "b2", "member": {"email": "nobody@example.com"}},
        good | {"external_id": "b3", "amount": 30},
        "nonsense",
        good | {"external_id": "b4", "amount": "1.001"},
        good | {"external_id": "b5", "store": "nowhere"},
        good | {"external_id": "b6"},
    ]
    answer = hotel_api.post("activities/batch", {"activities": items})

    assert answer.status_code == 200, answer.content
    told = [(each["status"], [error["code"] for error in each["errors"]]) for each in answer.json()["results"]]
    assert told == [
        ("recorded", []),
        ("refused", ["member_unknown"]),
        ("refused", ["invalid"]),
        ("refused", ["invalid"]),
        ("refused", ["too_precise"]),
        ("refused", ["store_unknown"]),
        ("recorded", []),
    ]
