"""Pairs that may be one person wait for a person's word, with the reasons; the word is kept."""

import pytest

from loyalty.referrals import operations
from loyalty.referrals.models import ReferralStep
from loyalty.referrals.operations import ReferralsError
from members.operations import block_member, update_member
from tests.factories.referrals import DAY, NOON, newcomer, reasons

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(street, ana, terms):
    """A friend with Ana's last name at Ana's postcode, who bought."""
    terms.friend_points = 200
    terms.save()
    ana.postcode = "69003"
    ana.save()
    friend = newcomer(street.program, last_name="ALMEIDA", postcode="69 003")
    recorded = street.buy(friend, code=street.code(ana))
    assert reasons(recorded) == ["held"]
    assert recorded.outcomes[0]["suspicions"] == ["same_name_and_postcode"]
    return street.referral(friend)


def decide(referral, accept, *, day=1, reason="Two generations", by=None):
    return operations.decide(referral=referral, accept=accept, reason=reason, at=NOON + day * DAY, by=by)


def test_nothing_is_given_while_it_waits(street, held, ana):
    assert street.night(20).rewarded == 0
    assert (street.points(ana), street.points(held.friend)) == (0, 0)


def test_accepted_it_goes_on(street, held, ana, administrator):
    decide(held, True, by=administrator)
    assert street.points(held.friend) == 200
    assert street.night(14).rewarded == 1
    assert street.points(ana) == 500
    step = ReferralStep.objects.get(reason="accepted")
    assert (step.by, step.note) == (administrator, "Two generations")


def test_accepted_after_the_window_it_is_rewarded_at_once(street, held, ana):
    decide(held, True, day=20)
    assert street.points(ana) == 500


def test_refused_it_is_over_and_the_friends_purchases_are_no_revenue(street, held, ana):
    from loyalty.referrals import queries

    decide(held, False, reason="Same person")
    assert street.state(held.friend) == "refused reviewed"
    assert street.night(20).rewarded == 0
    assert queries.revenue(street.program).net == 0
    street.buy(held.friend, day=3)
    assert queries.revenue(street.program).net == 0


def test_what_was_given_back_while_it_waited_is_not_rewarded(street, ana, held):
    friend = held.friend
    from loyalty.earning.models import Activity

    sale = Activity.objects.get(pk=held.purchase_id)
    street.give_back(friend, sale)
    decide(held, True, day=2)
    assert street.state(friend) == "joined"
    assert street.night(20).rewarded == 0


def test_a_decision_needs_a_reason(held):
    with pytest.raises(ReferralsError) as refusal:
        decide(held, True, reason=" ")
    assert refusal.value.code == "reason_missing"


def test_what_was_decided_is_not_decided_again(held):
    decide(held, False)
    with pytest.raises(ReferralsError) as refusal:
        decide(held, True)
    assert refusal.value.code == "not_open"


def test_what_is_not_held_may_be_refused_and_needs_no_acceptance(street, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    referral = street.referral(bruno)
    with pytest.raises(ReferralsError) as refusal:
        decide(referral, True)
    assert refusal.value.code == "not_held"
    decide(referral, False)
    assert street.night(20).rewarded == 0


def test_an_address_that_once_was_the_referrers_is_noticed(street, ana, program):
    update_member(member=ana, email="ana.new@example.com", at=NOON, by=None)
    friend = newcomer(program, email="ana@example.com")
    ana.refresh_from_db()
    update_member(member=ana, email="a.n.a+1@gmail.com", at=NOON, by=None)
    update_member(member=ana, email="other@example.com", at=NOON, by=None)
    assert reasons(street.buy(friend, code=street.code(ana))) == ["held"]
    friend = newcomer(program, email="ana@googlemail.com")
    assert reasons(street.buy(friend, code=street.code(ana))) == ["held"]


def test_a_shared_device_that_is_seen_before_the_purchase_holds_it(street, ana):
    friend = street.join(street.code(ana), first_name="Bob")
    for member in (ana, friend):
        operations.note_device(member_id=member.pk, device="phone-1", at=NOON)
        operations.note_device(member_id=member.pk, device="phone-1", at=NOON)
    assert reasons(street.buy(friend, day=1)) == ["held"]
    assert street.referral(friend).suspicions == ["same_device"]


def test_a_shared_device_that_is_seen_before_the_reward_holds_it(street, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    for member in (ana, bruno):
        operations.note_device(member_id=member.pk, device="phone-1", at=NOON)
    assert street.night(14).rewarded == 0
    assert street.state(bruno) == "held held"


def test_what_was_cleared_does_not_hold_it_again(street, held, ana):
    decide(held, True)
    assert street.night(14).rewarded == 1


def test_a_friend_who_was_blocked_meanwhile_is_looked_at(street, ana, bruno):
    street.buy(bruno, code=street.code(ana))
    block_member(member=bruno, reason="fraud", at=NOON, by=None)
    street.night(14)
    assert street.referral(bruno).suspicions == ["friend_blocked"]
