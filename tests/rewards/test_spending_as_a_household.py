"""A member of a household that pools spends the points of all; nothing moves before."""

from datetime import timedelta

import pytest

from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Entry, Lot
from loyalty.ledger.operations import Cause, InsufficientPoints, take_back
from members.operations import block_member, change_household, leave_household
from rewards import operations, queries
from tests.factories.members import EnrolmentFactory
from tests.factories.rewards import SPRING, BurnRuleFactory, give_points

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def redeem(member, reward, *, quantity=1, name="G1", at=SPRING):
    return operations.redeem_reward(
        program=reward.program,
        member_id=member.pk,
        reward=reward,
        quantity=quantity,
        source="till",
        external_id=name,
        at=at,
    )


def left(*members):
    return [member.accounts.get().available for member in members]


def lots():
    return list(Lot.objects.order_by("id").values_list("remaining", "expires_at"))


def test_one_member_spends_the_points_of_all_those_that_expire_soonest_first(program, almeidas, ana, bruno, coffee):
    give_points(program, ana, 70, expires_at=SPRING + 20 * DAY)
    give_points(program, bruno, 50, expires_at=SPRING + 10 * DAY)
    give_points(program, bruno, 30, expires_at=SPRING + 30 * DAY)
    redeem(ana, coffee)
    assert left(ana, bruno) == [20, 30]
    assert audit_ledger().drift == []


def test_points_are_moved_by_nothing_but_the_redemption(program, almeidas, ana, bruno, coffee):
    give_points(program, ana, 60)
    give_points(program, bruno, 60)
    assert left(ana, bruno) == [60, 60]
    redeem(bruno, coffee)
    spent = Entry.objects.filter(kind="redeem")
    assert sum(entry.points for entry in spent) == -100
    assert {entry.key.source for entry in spent} == {"redemption"}
    assert not Entry.objects.filter(kind="transfer").exists()


def test_the_catalogue_and_the_till_show_what_the_household_has(program, almeidas, ana, bruno, coffee):
    BurnRuleFactory(program=program)
    give_points(program, ana, 40)
    give_points(program, bruno, 160)
    [offer] = queries.catalogue(program=program, member_id=ana.pk, at=SPRING)
    assert offer.is_within_reach
    assert queries.quote_points(program=program, member_id=ana.pk, amount=50_00, at=SPRING).points == 200


def test_points_of_all_pay_a_basket(program, almeidas, ana, bruno):
    BurnRuleFactory(program=program)
    give_points(program, ana, 60)
    give_points(program, bruno, 60)
    paid = operations.pay_with_points(
        program=program, member_id=ana.pk, amount=50_00, source="till", external_id="T1", at=SPRING
    )
    assert (paid.points, paid.value) == (100, 500)
    assert sum(left(ana, bruno)) == 20


def test_nobody_spends_more_than_the_household_has(program, almeidas, ana, bruno, coffee):
    give_points(program, ana, 60)
    give_points(program, bruno, 39)
    with pytest.raises(InsufficientPoints) as refusal:
        redeem(ana, coffee)
    assert refusal.value.available == 99
    assert left(ana, bruno) == [60, 39]


def test_undoing_gives_each_lot_back_what_it_gave_with_its_own_end(program, almeidas, ana, bruno, coffee):
    give_points(program, ana, 70, expires_at=SPRING + 20 * DAY)
    give_points(program, bruno, 50, expires_at=SPRING + 10 * DAY)
    before = lots()
    redemption = redeem(ana, coffee).redemption
    operations.roll_back_redemption(redemption=redemption, reason="changed mind", at=SPRING + DAY)
    assert lots() == before
    assert left(ana, bruno) == [70, 50]
    assert audit_ledger().drift == []


def test_undoing_later_what_has_lapsed_meanwhile_stays_lapsed(program, almeidas, ana, bruno, coffee):
    give_points(program, ana, 70, expires_at=SPRING + 20 * DAY)
    give_points(program, bruno, 50, expires_at=SPRING + 10 * DAY)
    redemption = redeem(ana, coffee).redemption
    operations.roll_back_redemption(redemption=redemption, reason="changed mind", at=SPRING + 10 * DAY)
    assert left(ana, bruno) == [70, 0]
    assert audit_ledger().drift == []


def test_undoing_twice_gives_back_once(program, almeidas, ana, bruno, coffee):
    give_points(program, ana, 60)
    give_points(program, bruno, 60)
    redemption = redeem(ana, coffee).redemption
    for _ in range(2):
        operations.roll_back_redemption(redemption=redemption, reason="changed mind", at=SPRING)
    assert left(ana, bruno) == [60, 60]


def test_a_retry_takes_nothing_more(program, almeidas, ana, bruno, coffee):
    give_points(program, ana, 150)
    give_points(program, bruno, 150)
    redeem(ana, coffee)
    assert redeem(ana, coffee).replayed
    assert sum(left(ana, bruno)) == 200


def test_what_one_of_them_owes_the_others_cannot_spend(program, almeidas, ana, bruno, coffee):
    give_points(program, ana, 120)
    owed = Cause("test", "owed")
    give_points(program, bruno, 30)
    take_back(program=program, member_id=bruno.pk, points=60, earned_by=owed, cause=owed, at=SPRING)
    with pytest.raises(InsufficientPoints) as refusal:
        redeem(ana, coffee)
    assert refusal.value.available == 90


def test_pending_points_of_the_household_cannot_be_spent(program, almeidas, ana, bruno, coffee):
    give_points(program, ana, 60)
    give_points(program, bruno, 60, active_at=SPRING + 5 * DAY)
    with pytest.raises(InsufficientPoints):
        redeem(ana, coffee)
    redeem(ana, coffee, at=SPRING + 5 * DAY)
    assert sum(left(ana, bruno)) == 20


def test_after_leaving_everybody_has_what_was_their_own(program, almeidas, ana, bruno, coffee):
    give_points(program, ana, 60)
    give_points(program, bruno, 60)
    leave_household(place=almeidas.places.get(member=bruno), at=SPRING, by=None)
    with pytest.raises(InsufficientPoints):
        redeem(ana, coffee)
    assert left(ana, bruno) == [60, 60]


def test_the_points_of_a_blocked_member_and_of_a_household_that_does_not_pool_stay(
    program, almeidas, ana, bruno, coffee
):
    give_points(program, ana, 60)
    give_points(program, bruno, 60)
    block_member(member=bruno, reason="lost papers", at=SPRING, by=None)
    with pytest.raises(InsufficientPoints):
        redeem(ana, coffee)
    change_household(household=almeidas, name="Almeida", pools=False, at=SPRING, by=None)
    with pytest.raises(InsufficientPoints):
        redeem(ana, coffee, name="G2")


def test_a_stranger_to_the_household_spends_alone(program, almeidas, ana, coffee):
    give_points(program, ana, 200)
    carla = EnrolmentFactory(program=program).member
    with pytest.raises(InsufficientPoints):
        redeem(carla, coffee)
