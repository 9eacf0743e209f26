"""Whom a shop means: by its own name for them, by e-mail or phone; guests wait, customers are enrolled where agreed."""

from datetime import timedelta

import pytest

from loyalty.connectors.models import Received
from loyalty.connectors.operations import CannotSettle, forget_old, give_to, look_again, pass_over, try_again
from loyalty.earning.models import Activity
from loyalty.earning.operations import enrol_member
from members.models import Enrolment, Member
from members.operations import erase_member
from members.queries import has_consent
from tests.connectors import samples
from tests.connectors.conftest import NOW
from tests.factories.members import EnrolmentFactory, MemberFactory

pytestmark = pytest.mark.django_db
State = Received.State
CUSTOMER = {
    "id": 115310627314723954,
    "email": "zoe@example.com",
    "first_name": "Zoé",
    "last_name": "Zola",
    "phone": "+33612345679",
    "default_address": {"zip": "69003"},
    "email_marketing_consent": {"state": "subscribed"},
}


def guest(**changes):
    return samples.order(customer=None, email="zoe@example.com", **changes)


def test_the_shops_own_name_is_kept_and_found_when_the_address_has_changed(ana, connect, deliver):
    shop = connect()
    deliver(shop, samples.order(), "orders/paid")
    customer = samples.order()["customer"] | {"email": "new@example.com"}

    deliver(shop, samples.order(id=2, email="new@example.com", customer=customer), "orders/paid", "2")

    assert [(each.source, each.external_id) for each in ana.external_ids.all()] == [(shop.source, "115310627314723954")]
    assert Activity.objects.filter(member=ana).count() == 2


def test_an_order_that_fits_two_members_is_refused(ana, program, connect, deliver):
    EnrolmentFactory(program=program, member=MemberFactory(phone="+33612345699"))

    received = deliver(connect(), samples.order(customer=None, phone="+33612345699"), "orders/paid")

    assert (received.state, received.code) == (State.REFUSED, "member_ambiguous")


def test_a_guests_order_waits_until_the_guest_has_enrolled(program, connect, deliver):
    received = deliver(connect(enrols=True), guest(), "orders/paid")
    assert (received.state, received.code, Member.objects.count()) == (State.WAITING, "member_unknown", 0)

    enrolment = enrol_member(program=program, email="zoe@example.com", at=NOW)
    assert look_again(at=received.due_at - timedelta(seconds=1)) == 0
    assert look_again(at=received.due_at) == 1

    received.refresh_from_db()
    assert (received.state, received.body) == (State.DONE, "")
    assert Activity.objects.get(kind="purchase").member == enrolment.member


def test_a_guests_order_can_be_claimed_by_hand_and_counts_once(ana, connect, deliver, administrator):
    received = deliver(connect(), guest(), "orders/paid")

    give_to(received=received, member=ana, by=administrator, at=NOW)

    assert (received.state, received.member, received.by) == (State.DONE, ana, administrator)
    assert Activity.objects.get(kind="purchase").member == ana
    with pytest.raises(CannotSettle):
        give_to(received=received, member=ana, by=administrator, at=NOW)
    with pytest.raises(CannotSettle):
        pass_over(received=received, by=administrator, at=NOW)


def test_nobody_claims_it_then_it_is_refused_and_its_content_goes(connect, deliver):
    received = deliver(connect(), guest(), "orders/paid")
    for days in (1, 9, 25):
        look_again(at=NOW + timedelta(days=days))

    look_again(at=NOW + timedelta(days=31))

    received.refresh_from_db()
    assert (received.state, received.code) == (State.REFUSED, "member_unknown")
    assert forget_old(at=NOW + timedelta(days=60)) == 0
    assert forget_old(at=NOW + timedelta(days=62)) == 1
    received.refresh_from_db()
    with pytest.raises(CannotSettle):
        try_again(received=received, by=None, at=NOW)


def test_passing_over_ends_the_waiting(connect, deliver, administrator):
    received = pass_over(received=deliver(connect(), guest(), "orders/paid"), by=administrator, at=NOW)

    assert (received.state, received.code, received.body) == (State.PASSED, "passed_by_staff", "")
    assert look_again(at=NOW + timedelta(days=2)) == 0


def test_customers_are_enrolled_with_their_consent_only_where_that_was_agreed_upon(program, connect, deliver):
    shop = connect()
    assert deliver(shop, CUSTOMER, "customers/create").code == "not_a_member"

    shop.enrols = shop.takes_consents = True
    shop.save()
    deliver(shop, CUSTOMER | {"note": "2"}, "customers/update", "2")

    zoe = Member.objects.get()
    enrolment = Enrolment.objects.get(program=program, member=zoe)
    assert (zoe.email, str(zoe.phone), zoe.first_name, zoe.postcode) == (
        "zoe@example.com",
        "+33612345679",
        "Zoé",
        "69003",
    )
    assert enrolment.channel == "web"
    assert has_consent(zoe.pk, "email")
    deliver(shop, CUSTOMER | {"email_marketing_consent": {"state": "unsubscribed"}}, "customers/update", "3")
    assert not has_consent(zoe.pk, "email")
    assert Member.objects.count() == 1


def test_a_customer_who_is_a_member_elsewhere_joins_the_program(ana, program, connect, deliver):
    ana.enrolments.all().delete()
    shop = connect(enrols=True)

    assert deliver(shop, samples.order(), "orders/paid").state == State.DONE
    assert Enrolment.objects.get(member=ana).program == program


def test_an_unenrolled_members_order_waits_where_nobody_is_enrolled(ana, connect, deliver):
    ana.enrolments.all().delete()

    received = deliver(connect(), samples.order(), "orders/paid")

    assert (received.state, received.code) == (State.WAITING, "not_enrolled")


def test_who_asked_to_be_forgotten_stays_unknown(ana, connect, deliver):
    shop = connect(enrols=True)
    deliver(shop, samples.order(), "orders/paid")
    erase_member(member=ana, at=NOW, by=None, reason="asked")

    received = deliver(shop, samples.order(id=2), "orders/paid", "2")

    assert (received.state, received.code) == (State.WAITING, "member_unknown")
    assert Member.objects.count() == 1


def test_a_customer_whose_address_is_nonsense_is_refused_with_the_reason(connect, deliver):
    received = deliver(connect(enrols=True), CUSTOMER | {"email": "zoe(at)example"}, "customers/create")

    assert (received.state, received.code) == (State.REFUSED, "person_invalid")
    assert Member.objects.count() == 0
