"""Every address of the API, asked by its owner, by another partner, about what was erased, and at a guess.

The addresses come from the URLconf: one that is missing here fails the test, and somebody has to say whose it is.
What is not the caller's own is a 404, whatever its identifier; the answers do not tell the three kinds apart.
"""

from uuid import uuid4

import pytest
from django.utils import timezone

from loyalty.api.v1.urls import urlpatterns
from loyalty.partners.models import PartnerMember
from members.models import Member
from members.operations import erase_member
from tests.api.test_whose_else_it_is import ASKED as ELSEWHERE
from tests.factories.partners import ContractFactory
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db

# Addresses that name nobody: each answers about the caller's own alone.
OF_THE_CALLER = {
    "programs",
    "program",
    "members",
    "batch",
    "rewards",
    "reward",
    "plans",
    "referrals",
    "referral-report",
}
OF_THE_CALLER |= {"campaigns", "retention"}
PROFILE = {"first_name": "Eve"}
# name → (method, body), where the address or the body names something of a partner's
NAMING = {
    "member": [("GET", None), ("PATCH", PROFILE)],
    "balances": [("GET", None)],
    "ledger": [("GET", None)],
    "tier": [("GET", None)],
    "cards": [("GET", None), ("POST", None)],
    "vouchers": [("GET", None)],
    "consents": [("GET", None), ("POST", {"channel": "email", "given": True})],
    "activity": [("GET", None)],
    "refunds": [("POST", {"external_id": "stolen"}), ("PREVIEW", {"external_id": "stolen"})],
    "activities": [("POST", "purchase")],
    "calculate": [("POST", "purchase")],
}
ASKED = [(name, method, body) for name, ways in NAMING.items() for method, body in ways]


def paths():
    return {pattern.name: str(pattern.pattern) for pattern in urlpatterns}


def test_every_address_is_in_the_table():
    assert set(paths()) == OF_THE_CALLER | set(NAMING) | set(ELSEWHERE)


def ask(caller, name, method, body, names):
    """`names` are the identifiers of a member and of an activity."""
    path = paths()[name].replace("<uuid:id>", names["member"]).replace("<activity:id>", names["activity"])
    if body == "purchase":
        body = names["purchase"] | {"member": {"id": names["member"]}, "external_id": f"try-{uuid4()}"}
    if method == "GET":
        return caller.get(path)
    if method == "PATCH":
        return caller.patch(path, body, etag="*")
    return caller.post(path + ("?preview=true" if method == "PREVIEW" else ""), body)


@pytest.fixture
def names(hotel_api, guest, purchase):
    hotel_api.post("activities", purchase)
    return {"member": guest["id"], "activity": f"les-halles:{purchase['external_id']}", "purchase": purchase}


@pytest.mark.parametrize("name, method, body", ASKED)
def test_what_is_not_yours_is_not_there(hotel_api, airline_api, names, name, method, body):
    guessed = names | {"member": str(uuid4()), "activity": "les-halles:guessed"}
    assert ask(hotel_api, name, method, body, names).status_code in (200, 201)

    others = ask(airline_api, name, method, body, names)
    nobodys = ask(airline_api, name, method, body, guessed)
    member = PartnerMember.objects.get(public_id=names["member"]).member
    erase_member(member=member, at=timezone.now(), by=None, reason="asked")
    erased = ask(hotel_api, name, method, body, names)

    assert {answer.status_code for answer in (others, nobodys, erased)} == {404}
    assert len({answer.json()["code"] for answer in (others, nobodys, erased)}) == 1


def test_lists_hold_the_callers_own_alone(hotel_api, airline_api, names):
    assert len(hotel_api.get("members").json()["results"]) == 1
    assert airline_api.get("members").json()["results"] == []
    for query in [{"email": "zoe@example.com"}, {"external_id": "guest-7"}]:
        assert len(hotel_api.get("members", query).json()["results"]) == 1
        assert airline_api.get("members", query).json()["results"] == []


def test_a_batch_knows_the_callers_own_alone(airline_api, names):
    references = [{"id": names["member"]}, {"email": "zoe@example.com"}, {"external_id": "guest-7"}]
    items = [names["purchase"] | {"member": who, "external_id": f"x{n}"} for n, who in enumerate(references)]

    results = airline_api.post("activities/batch", {"activities": items}).json()["results"]

    assert [[error["code"] for error in each["errors"]] for each in results] == [["member_unknown"]] * 3


def test_a_card_in_the_hand_introduces_its_member(hotel_api, airline_api, names):
    """Earn at one partner and spend at the other; each knows the member under an identifier of its own."""
    card = hotel_api.post(f"members/{names['member']}/cards").json()["number"]
    assert airline_api.get("members", {"card": card}).json()["results"] == []

    flown = airline_api.post("activities", names["purchase"] | {"member": {"card": card}, "kind": "flight"})

    assert flown.status_code == 201
    assert flown.json()["member"] != names["member"]
    [found] = airline_api.get("members", {"card": card}).json()["results"]
    assert (found["id"], found["email"]) == (flown.json()["member"], "zoe@example.com")
    assert hotel_api.get(f"activities/{flown.json()['id']}").json()["kind"] == "purchase"
    assert Member.objects.count() == 1


def test_a_partner_takes_part_in_the_programs_of_its_contracts(hotel_api, airline_api, names, program):
    """One without any contract, such as the retailer's own web shop, in all."""
    ContractFactory(partner=airline_api.partner, program=ProgramFactory(code="miles"))

    assert [each["code"] for each in hotel_api.get("programs").json()["results"]] == ["les-halles", "miles"]
    assert [each["code"] for each in airline_api.get("programs").json()["results"]] == ["miles"]
    assert airline_api.get("programs/les-halles").status_code == 404
    assert airline_api.post("members", {"program": "les-halles"}).json()["code"] == "program_unknown"
    assert airline_api.post("members", {"external_id": "x"}).json()["program"] == "miles"
