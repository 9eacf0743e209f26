"""Redemptions, vouchers, subscriptions, referrals, endpoints: asked by their owner, by another partner, at a guess, and
about somebody who was forgotten. What is not the caller's own is a 404, and nothing tells the three apart."""

from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from loyalty.api.v1.urls import urlpatterns
from loyalty.events.operations import publish
from loyalty.partners.models import PartnerMember
from members.operations import erase_member
from tests.factories.referrals import ReferralProgramFactory
from tests.factories.rewards import give_points
from tests.factories.subscriptions import add_plan, subscribe

pytestmark = pytest.mark.django_db

SALE = {"external_id": "bill-1"}
# name → (method, body); <id> and CODE stand for what is asked about
NAMED = {
    "redemptions": ("POST", {"member": {"id": "<id>"}, "reward": "coffee"}),
    "redemption": ("GET", None),
    "voucher-validate": ("POST", {"code": "CODE"}),
    "voucher-reserve": ("POST", SALE),
    "voucher-redeem": ("POST", SALE),
    "voucher-release": ("POST", SALE),
    "rollback": ("POST", {}),
    "subscription": ("GET", None),
    "subscription-cancel": ("POST", {}),
    "subscription-pause": ("POST", {}),
    "subscription-plan": ("POST", {"plan": "plus"}),
    "subscription-resume": ("POST", {}),
    "subscriptions": ("POST", {"member": {"id": "<id>"}, "plan": "plus"}),
    "referral-codes": ("POST", {"member": {"id": "<id>"}}),
    "referrer": ("GET", None),
    "webhook-endpoint": ("GET", None),
    "webhook-secret": ("GET", None),
    "webhook-test": ("POST", {}),
}
OF_NO_MEMBER = {"webhook-endpoint", "webhook-secret", "webhook-test"}
# A member has one subscription, which is neither paused nor of another plan; and nobody listens there.
REFUSED_TO_ITS_OWNER = {"subscriptions", "subscription-resume", "subscription-plan", "webhook-test"}
LISTS = {"events": ("GET", None), "webhook-endpoints": ("GET", None)}
ASKED = NAMED | LISTS


@pytest.fixture
def names(hotel_api, guest, coffee):
    """What there is to ask about."""
    link = PartnerMember.objects.get(public_id=guest["id"])
    program, member = link.program, link.member
    give_points(program, member, 1000)
    ReferralProgramFactory(program=program)
    subscribe(program, member, add_plan(program), timezone.now())
    body = {"member": {"id": guest["id"]}, "reward": "coffee", "external_id": "r-1"}
    made = hotel_api.post("redemptions", body).json()
    hook = hotel_api.post("webhook-endpoints", {"name": "till", "url": "https://hotel.example/hooks"}).json()
    names = {"member": guest["id"], "redemption": made["id"], "code": made["vouchers"][0]["code"]}
    return names | {"endpoint": str(hook["id"])}


def ask(caller, name, names):
    [path] = [str(pattern.pattern) for pattern in urlpatterns if pattern.name == name]
    path = path.replace("<uuid:id>", names["member"]).replace("<activity:id>", names["redemption"])
    path = path.replace("<str:code>", names["code"]).replace("<int:id>", names["endpoint"])
    method, body = ASKED[name]
    if method == "GET":
        return caller.get(path)
    filled = {key: {"id": names["member"]} if key == "member" else value for key, value in body.items()}
    return caller.post(path, filled | ({"code": names["code"]} if "code" in body else {}))


def undone(ask, *args):
    """The answer of something that then has not happened."""
    with transaction.atomic():
        answer = ask(*args)
        transaction.set_rollback(True)
    return answer


def test_what_is_not_yours_is_not_there(hotel_api, airline_api, names):
    guessed = {"member": str(uuid4()), "redemption": "les-halles:guess", "code": "X" * 18, "endpoint": "7000"}
    mine = {name: undone(ask, hotel_api, name, names).status_code for name in NAMED}
    others = {name: undone(ask, airline_api, name, names) for name in NAMED}
    nobodys = {name: undone(ask, airline_api, name, guessed) for name in NAMED}
    member = PartnerMember.objects.get(public_id=names["member"]).member
    erase_member(member=member, at=timezone.now(), by=None, reason="asked")
    forgotten = {name: undone(ask, hotel_api, name, names) for name in NAMED}

    assert {name for name, status in mine.items() if status == 422} == REFUSED_TO_ITS_OWNER
    assert set(mine.values()) == {200, 201, 422}
    for name in NAMED:
        answers = [others[name], nobodys[name], *([] if name in OF_NO_MEMBER else [forgotten[name]])]
        assert {answer.status_code for answer in answers} == {404}, name
        assert len({answer.json()["code"] for answer in answers}) == 1, name


def test_lists_hold_the_callers_own_alone(hotel_api, airline_api, names):
    publish()

    for name in LISTS:
        assert ask(hotel_api, name, names).json()["results"] != []
        assert ask(airline_api, name, names).json()["results"] == []
