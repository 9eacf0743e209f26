"""A partner's member spends points on what the catalogue has, and thinks better of it."""

from datetime import datetime

import pytest

from loyalty.partners.models import PartnerMember
from rewards.models import Reward
from tests.api.test_problems import told
from tests.factories.rewards import RewardFactory, give_points

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(guest):
    """The guest with 250 points, as bodies name them."""
    member = PartnerMember.objects.get(public_id=guest["id"])
    give_points(member.program, member.member, 250)
    return {"id": guest["id"]}


def test_the_catalogue_is_what_the_partner_may_offer(hotel_api, guest, program, store, coffee):
    RewardFactory(program=program, code="lyon", stores=[store], stock=3, points_price=50)
    RewardFactory(program=program, code="night", kind=Reward.Kind.PARTNER, partner_name="Harbour Hotels")
    RewardFactory(program=program, code="film", kind=Reward.Kind.PARTNER, partner_name="Cinéma Lumière")
    RewardFactory(program=program, code="gift", points_price=None)
    RewardFactory(program=program, code="last-year", valid_to=datetime.fromisoformat("2026-01-01T00:00:00Z"))
    RewardFactory(program=program, code="gone", is_active=False)

    first = hotel_api.get("rewards", {"limit": 2}).json()
    rest = hotel_api.get(first["next"].partition("testserver")[2]).json()

    assert [each["code"] for each in first["results"] + rest["results"]] == ["night", "lyon", "coffee"]
    one = hotel_api.get("rewards/lyon").json()
    assert (one["points"], one["left"], one["stores"], one["available_to"]) == (50, 3, ["lyon"], None)
    assert hotel_api.get("rewards/coffee", **{"Accept-Language": "fr"}).json()["name"] == "Café"
    assert told(hotel_api.get("rewards/film")) == (404, "reward_unknown")
    assert told(hotel_api.get("rewards", {"program": "elsewhere"})) == (404, "program_unknown")
    assert told(hotel_api.get("rewards", {"store": "nice"})) == (422, "store_unknown")


def test_points_become_vouchers_and_points_again(hotel_api, rich, coffee):
    made = hotel_api.post("redemptions", {"member": rich, "reward": "coffee", "quantity": 2, "external_id": "r-1"})

    assert made.status_code == 201, made.content
    data = made.json()
    assert (data["id"], data["points"], data["state"], data["member"]) == ("les-halles:r-1", 200, "done", rich["id"])
    assert [voucher["reward"] for voucher in data["vouchers"]] == ["coffee", "coffee"]
    assert data["balances"][0]["available"] == 50
    assert hotel_api.get(made["Location"]).json() == data
    again = hotel_api.post("redemptions", {"member": rich, "reward": "coffee", "quantity": 2, "external_id": "r-1"})
    assert (again.status_code, again.json()["id"], again.json()["balances"]) == (201, data["id"], data["balances"])
    other = hotel_api.post("redemptions", {"member": rich, "reward": "coffee", "external_id": "r-1"})
    assert told(other) == (409, "reference_reused")

    back = hotel_api.post(f"redemptions/{data['id']}/rollback", {"reason": "wrong room"})

    assert back.status_code == 200, back.content
    assert (back.json()["state"], back.json()["vouchers"]) == ("rolled_back", [])
    assert back.json()["balances"][0]["available"] == 250
    assert hotel_api.post(f"redemptions/{data['id']}/rollback").json()["balances"] == back.json()["balances"]
    assert hotel_api.get(made["Location"]).json() == back.json()


def test_what_is_refused_says_why(hotel_api, rich, guest, program, coffee):
    body = {"member": rich, "reward": "coffee"}
    RewardFactory(program=program, code="last", stock=0, points_price=10)

    assert told(hotel_api.post("redemptions", body | {"quantity": 3})) == (409, "insufficient_points")
    assert told(hotel_api.post("redemptions", body | {"reward": "last"})) == (409, "out_of_stock")
    assert told(hotel_api.post("redemptions", body | {"reward": "tea"})) == (404, "reward_unknown")
    assert told(hotel_api.post("redemptions", body | {"member": {"email": "who@example.com"}})) == (
        404,
        "member_unknown",
    )
    assert told(hotel_api.post("redemptions", body | {"quantity": 0})) == (400, "invalid")
    assert told(hotel_api.get("redemptions/les-halles:nothing")) == (404, "redemption_unknown")

    made = hotel_api.post("redemptions", body).json()
    [voucher] = made["vouchers"]
    hotel_api.post(f"vouchers/{voucher['code']}/redeem", {"external_id": "bill-9"})
    assert told(hotel_api.post(f"redemptions/{made['id']}/rollback")) == (409, "voucher_used")
    assert hotel_api.get(f"redemptions/{made['id']}").json()["state"] == "done"
