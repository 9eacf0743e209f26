"""A partner's till sells the program's paid membership, and cancels it."""

import pytest

from tests.api.test_problems import told
from tests.factories.subscriptions import add_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plans(program):
    return add_plan(program), add_plan(program, "prime", every="year", price=10000, trial_days=30)


def test_a_trial_begins_at_once_and_is_cancelled_with_its_end(hotel_api, guest, plans):
    offered = hotel_api.get("subscriptions/plans").json()["results"]
    assert [(each["code"], each["price"], each["trial_days"]) for each in offered] == [
        ("plus", "10.00", 0),
        ("prime", "100.00", 30),
    ]
    assert told(hotel_api.get(f"subscriptions/{guest['id']}")) == (404, "subscription_unknown")

    body = {"member": {"external_id": "guest-7"}, "plan": "prime"}
    begun = hotel_api.post("subscriptions", body)

    assert begun.status_code == 201, begun.content
    data = begun.json()
    assert (data["state"], data["has_benefits"], data["trial_end"]) == ("trialing", True, "2026-04-01")
    assert (data["member"], data["price"], data["currency"]) == (guest["id"], "100.00", "EUR")
    assert hotel_api.get(begun["Location"]).json() == data
    assert told(hotel_api.post("subscriptions", body)) == (422, "already_subscribed")
    assert told(hotel_api.post("subscriptions", body | {"plan": "gold"})) == (404, "plan_unknown")

    ending = hotel_api.post(f"subscriptions/{guest['id']}/cancel", {"reason": "moves away"}).json()
    assert (ending["state"], ending["ends_with_period"], ending["ended_at"]) == ("trialing", True, None)
    ended = hotel_api.post(f"subscriptions/{guest['id']}/cancel", {"now": True}).json()
    assert (ended["state"], ended["has_benefits"]) == ("cancelled", False)
    assert told(hotel_api.post(f"subscriptions/{guest['id']}/cancel", {})) == (422, "subscription_ended")


def test_without_a_trial_it_begins_when_it_is_paid(hotel_api, guest, plans):
    waiting = hotel_api.post("subscriptions", {"member": {"id": guest["id"]}, "plan": "plus"}).json()
    assert (waiting["state"], waiting["has_benefits"]) == ("past_due", False)
    hotel_api.post(f"subscriptions/{guest['id']}/cancel", {})

    paid = hotel_api.post("subscriptions", {"member": {"id": guest["id"]}, "plan": "plus", "paid": True})

    assert paid.status_code == 201, paid.content
    assert (paid.json()["state"], paid.json()["has_benefits"]) == ("active", True)
    assert (paid.json()["period_start"], paid.json()["period_end"]) == ("2026-03-02", "2026-04-02")


def test_it_is_paused_gone_on_with_and_changed(hotel_api, guest, plans, time_machine):
    hotel_api.post("subscriptions", {"member": {"id": guest["id"]}, "plan": "plus", "paid": True})
    address = f"subscriptions/{guest['id']}"
    assert told(hotel_api.post(f"{address}/resume")) == (422, "not_paused")

    paused = hotel_api.post(f"{address}/pause", {"until": "2026-03-20"}).json()
    assert (paused["state"], paused["has_benefits"], paused["goes_on"]) == ("paused", False, "2026-03-20")
    assert told(hotel_api.post(f"{address}/pause", {})) == (422, "not_active")
    time_machine.move_to("2026-03-10T13:00:00Z")
    resumed = hotel_api.post(f"{address}/resume").json()
    assert (resumed["state"], resumed["period_end"], resumed["goes_on"]) == ("active", "2026-04-10", None)

    changed = hotel_api.post(f"{address}/plan", {"plan": "prime"})
    assert changed.status_code == 200, changed.content
    assert (changed.json()["plan"], changed.json()["next_plan"]) == ("plus", "prime")
    assert hotel_api.get(address).json() == changed.json()
    assert told(hotel_api.post(f"{address}/plan", {"plan": "gold"})) == (404, "plan_unknown")
