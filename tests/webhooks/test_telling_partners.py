"""A partner hears of its own members, by its own identifiers, signed so that it can be sure who speaks."""

from datetime import timedelta

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from loyalty.partners.models import PartnerMember
from loyalty.webhooks.kinds import KINDS
from loyalty.webhooks.models import Delivery
from loyalty.webhooks.operations import change_endpoint, rotate_secret
from loyalty.webhooks.queries import endpoints_with_work, examples
from members.operations import erase_member
from tests.factories.partners import PartnerMemberFactory
from tests.factories.programs import ProgramFactory
from tests.webhooks.conftest import NOW

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def link(program):
    def link(partner, member):
        return PartnerMemberFactory(partner=partner, program=program, member=member)

    return link


def verified(request, secret, at=NOW):
    with time_machine.travel(at, tick=False):
        return Webhook(secret).verify(request.body, request.headers)


def test_an_event_goes_out_signed_with_the_partners_own_identifier_and_nothing_of_ours(
    ana, hotel, link, endpoint, happen, tell, listener
):
    known, hooks = link(hotel, ana), endpoint(hotel)
    event = happen(ana)

    assert tell() == 1

    (request,) = listener.requests
    assert verified(request, hooks.secret) == {
        "type": "tier.changed",
        "timestamp": "2026-03-05T12:00:00+00:00",
        "data": {
            "program": "les-halles",
            "member": str(known.public_id),
            "from": "silver",
            "to": "gold",
            "reason": "up",
        },
    }
    assert (request.path, request.headers["webhook-id"]) == ("/hooks", f"evt_{event.pk}")
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.status) == (State.DELIVERED, 1, 200)


def test_each_partner_hears_of_its_own_members_alone_under_another_name(
    ana, bruno, hotel, airline, link, endpoint, happen, tell, listener
):
    names = [str(link(hotel, ana).public_id), str(link(airline, ana).public_id)]
    endpoint(hotel, name="hotel")
    endpoint(airline, name="airline")
    happen(ana)
    happen(bruno)  # nobody's

    assert tell() == 2
    assert sorted(request.json["data"]["member"] for request in listener.requests) == sorted(names)
    assert names[0] != names[1]


def test_what_nobody_asked_for_or_may_hear_is_not_sent(ana, hotel, link, endpoint, happen, tell, program):
    link(hotel, ana)
    endpoint(hotel, kinds=["voucher.used"])
    endpoint(hotel, program=ProgramFactory())
    happen(ana)  # another kind than the first asks for, another program than the second
    happen(ana, "points.transferred", to=5)  # a kind that is nobody's business
    happen(ana, "cart.abandoned", amount=1)  # of our own shop
    happen(ana, "voucher.used", at=NOW - timedelta(days=1), reward="old")  # before the endpoint was made

    assert tell() == 0
    assert Delivery.objects.count() == 0


def test_of_whom_the_partner_knows_no_more_it_hears_nothing(ana, hotel, link, endpoint, happen, tell, listener):
    link(hotel, ana)
    endpoint(hotel)
    happen(ana)
    listener.answer = lambda request: 503
    tell()
    PartnerMember.objects.all().delete()

    tell(at=NOW + timedelta(hours=1))

    assert Delivery.objects.get().state == State.SKIPPED
    assert len(listener.requests) == 1


def test_a_rotated_secret_signs_beside_the_old_one_for_a_day(ana, hotel, link, endpoint, happen, tell, listener):
    link(hotel, ana)
    hooks = endpoint(hotel)
    old = hooks.secret
    new = rotate_secret(endpoint=hooks, at=NOW, by=None)
    happen(ana)
    tell()
    later = NOW + timedelta(hours=25)
    happen(ana, at=later)
    tell(at=later)

    during, after = listener.requests
    assert verified(during, old) == verified(during, new)
    assert verified(after, new, later)
    with pytest.raises(WebhookVerificationError):
        verified(after, old, later)


def test_an_endpoint_that_is_switched_off_waits_and_one_that_is_gone_is_switched_off(
    ana, hotel, link, endpoint, happen, tell, listener
):
    link(hotel, ana)
    hooks = endpoint(hotel)
    happen(ana)
    listener.answer = lambda request: 410
    tell()
    hooks.refresh_from_db()
    assert not hooks.is_active
    assert endpoints_with_work(at=NOW + timedelta(days=1)) == []

    change_endpoint(endpoint=hooks, is_active=True, at=NOW, by=None)
    listener.answer = lambda request: 204
    assert tell(at=NOW + timedelta(days=1)) == 1


def test_in_production_nothing_is_sent_into_our_own_network(ana, hotel, link, endpoint, happen, tell, settings):
    link(hotel, ana)
    hooks = endpoint(hotel)
    happen(ana)
    settings.PRODUCTION = True
    type(hooks).objects.update(url="https://localhost:1/hooks")

    assert tell() == 0
    assert Delivery.objects.values_list("state", "code").get() == (State.WAITING, "address_private")


def test_every_kind_has_an_example(hotel):
    assert {kind for kind, _content in examples(at=NOW)} == set(KINDS)
    assert all(content["data"]["program"] for _kind, content in examples(at=NOW))


def test_of_a_forgotten_member_the_partner_hears_that_alone(
    ana, hotel, airline, link, endpoint, happen, tell, listener
):
    known_as = str(link(hotel, ana).public_id)
    for partner in (hotel, airline):
        endpoint(partner)
    happen(ana)
    erase_member(member=ana, at=NOW, by=None, reason="asked")

    tell()

    [heard] = [request.json for request in listener.requests]
    assert (heard["type"], heard["data"]) == ("member.erased", {"program": "les-halles", "member": known_as})
