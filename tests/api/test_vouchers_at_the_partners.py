"""A voucher at a partner's till: what it is worth, held for one sale, used once, or let go."""

import pytest

from loyalty.partners.models import PartnerMember
from rewards.models import Reward, Voucher
from rewards.operations import issue_voucher
from tests.api.test_problems import told
from tests.factories.members import EnrolmentFactory, MemberFactory
from tests.factories.rewards import SPRING, RewardFactory

pytestmark = pytest.mark.django_db
BASKET = {"amount": "30.00", "lines": [{"sku": "room", "quantity": 1, "unit_price": "30.00"}]}


@pytest.fixture
def five_off(program):
    return RewardFactory(program=program, code="five-off", kind=Reward.Kind.DISCOUNT_AMOUNT, amount=500)


@pytest.fixture
def give(program, five_off):
    def give(member, **options):
        return issue_voucher(program=program, member_id=member.pk, reward=five_off, at=SPRING, **options).code

    return give


@pytest.fixture
def code(guest, give):
    """A voucher of the hotel's guest."""
    return give(PartnerMember.objects.get(public_id=guest["id"]).member)


def test_one_sale_holds_it_and_uses_it_once(hotel_api, code):
    typed = f"{code[:4]}-{code[4:]}".lower()
    asked = hotel_api.post("vouchers/validate", BASKET | {"code": typed}, key=None)
    assert asked.status_code == 200, asked.content
    assert (asked.json()["code"], asked.json()["value"], asked.json()["worth"]) == (code, "5.00", "5.00")
    assert hotel_api.post("vouchers/validate", {"code": code}).json()["worth"] is None

    held = hotel_api.post(f"vouchers/{code}/reserve", BASKET | {"external_id": "bill-1"})
    assert (held.status_code, held.json()["worth"]) == (200, "5.00")
    assert held.json()["reserved_until"].startswith("2026-03-02T13:15:00")
    assert told(hotel_api.post("vouchers/validate", {"code": code})) == (404, "not_usable")
    assert hotel_api.post("vouchers/validate", {"code": code, "external_id": "bill-1"}).status_code == 200
    assert told(hotel_api.post(f"vouchers/{code}/redeem", BASKET | {"external_id": "bill-2"})) == (404, "not_usable")
    assert hotel_api.post(f"vouchers/{code}/release", {"external_id": "bill-2"}).json() == {"released": False}
    assert hotel_api.post(f"vouchers/{code}/release", {"external_id": "bill-1"}).json() == {"released": True}

    hotel_api.post(f"vouchers/{code}/reserve", BASKET | {"external_id": "bill-3"})
    used = hotel_api.post(f"vouchers/{code}/redeem", BASKET | {"external_id": "bill-3"})
    again = hotel_api.post(f"vouchers/{code}/redeem", BASKET | {"external_id": "bill-3"})
    assert (used.status_code, used.json()["worth"]) == (200, "5.00")
    assert again.json() == used.json()
    assert Voucher.objects.get().uses == 1
    assert told(hotel_api.post(f"vouchers/{code}/redeem", {"external_id": "bill-4"})) == (404, "not_usable")


def test_a_reserved_voucher_is_used_by_the_activity_of_its_sale(hotel_api, code, purchase):
    hotel_api.post(f"vouchers/{code}/reserve", BASKET | {"external_id": "bill-1"})

    recorded = hotel_api.post("activities", purchase | {"amount": "25.00", "vouchers": [code]})

    assert recorded.status_code == 201, recorded.content
    assert Voucher.objects.get().state == "used"


def test_whatever_is_wrong_with_a_code_is_said_in_the_same_words(hotel_api, airline_api, guest, code, give, program):
    mine = PartnerMember.objects.get(public_id=guest["id"]).member
    stranger = EnrolmentFactory(program=program, member=MemberFactory()).member
    used, expired, foreign = give(mine), give(mine), give(stranger)
    hotel_api.post(f"vouchers/{used}/redeem", BASKET | {"external_id": "bill-1"})
    Voucher.objects.filter(code=expired).update(expires_at=SPRING)
    unknown = "X" * 18

    wrong_here = [(hotel_api, each) for each in (used, expired, foreign, unknown, "é", "a%00")]
    for caller, wrong in [*wrong_here, (airline_api, code)]:
        answers = [
            caller.post("vouchers/validate", {"code": wrong}),
            caller.post(f"vouchers/{wrong}/reserve", BASKET | {"external_id": "bill-2"}),
            caller.post(f"vouchers/{wrong}/redeem", BASKET | {"external_id": "bill-2"}),
        ]
        assert {(told(each), each.json()["detail"]) for each in answers} == {
            ((404, "not_usable"), "This code cannot be used.")
        }
    assert told(airline_api.post(f"vouchers/{code}/release", {"external_id": "bill-1"})) == (404, "not_usable")
