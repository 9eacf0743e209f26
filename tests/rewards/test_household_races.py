"""A household that spends at two tills, and one that somebody leaves meanwhile; on PostgreSQL, with controls."""

from threading import Barrier, Event

import pytest
from django.db import connection

from loyalty.ledger import posting
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Account
from loyalty.ledger.operations import InsufficientPoints
from members.models import HouseholdMember
from members.operations import (
    HouseholdRefused,
    accept_invitation,
    found_household,
    households,
    invite_to_household,
    leave_household,
)
from members.queries import pool_of
from rewards import operations, purse
from tests.factories.members import EnrolmentFactory
from tests.factories.rewards import SPRING, give_points
from tests.racing import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def redeem(program, member, reward, name):
    return operations.redeem_reward(
        program=program, member_id=member.pk, reward=reward, source="till", external_id=name, at=SPRING
    )


def test_the_points_of_a_household_are_spent_once_at_however_many_tills(program, almeidas, ana, bruno, coffee):
    give_points(program, ana, 180)
    give_points(program, bruno, 180)
    results = at_once(
        lambda number: redeem(program, ana if number % 2 else bruno, coffee, f"G{number}"), range(8), threads=8
    )
    assert sum(isinstance(result, InsufficientPoints) for result in results) == 5
    assert sum(isinstance(result, operations.redeeming.Redeemed) for result in results) == 3
    assert sum(Account.objects.values_list("available", flat=True)) == 60
    assert audit_ledger().drift == []


def test_control_without_the_lock_on_the_accounts_points_are_spent_twice(
    program, almeidas, ana, bruno, coffee, monkeypatch
):
    give_points(program, ana, 100)
    give_points(program, bruno, 100)
    both_have_read = Barrier(2, timeout=20)
    load_lots = posting.load_lots

    def load_and_wait(*args, **kwargs):
        load_lots(*args, **kwargs)
        both_have_read.wait()

    def without_locks(execute, statement, params, many, context):
        return execute(statement.replace(" FOR UPDATE", ""), params, many, context)

    def attempt(number):
        with connection.execute_wrapper(without_locks):
            cause = purse.ledger.Cause("race", str(number))
            pool = [ana.pk, bruno.pk]
            return purse.ledger.redeem_pooled(program=program, member_ids=pool, points=40, cause=cause, at=SPRING)

    monkeypatch.setattr(posting, "load_lots", load_and_wait)
    at_once(attempt, range(2), threads=2)
    assert audit_ledger().drift != []


def who_leaves_while_points_are_spent(program, almeidas, ana, bruno, coffee, look):
    """Bruno leaves between the look at the household and the debit, if anything lets him."""
    seen, gone = Event(), Event()
    locked = purse.lock_pool

    def look_and_wait(**terms):
        pool = look(**terms)
        seen.set()
        gone.wait(timeout=2)
        return pool

    def act(name):
        if name == "leave":
            seen.wait(timeout=20)
            leave_household(place=almeidas.places.get(member=bruno), at=SPRING, by=None)
            gone.set()
            return None
        return redeem(program, ana, coffee, "G1")

    purse.lock_pool = look_and_wait
    try:
        at_once(act, ["leave", "redeem"], threads=2)
    finally:
        purse.lock_pool = locked


def test_who_leaves_waits_for_a_redemption_that_has_begun(program, almeidas, ana, bruno, coffee, monkeypatch):
    give_points(program, ana, 60)
    give_points(program, bruno, 60)
    order = []
    save = households._save

    def note(place):
        order.append(Account.objects.get(member=bruno).available)
        return save(place)

    monkeypatch.setattr(households, "_save", note)
    who_leaves_while_points_are_spent(program, almeidas, ana, bruno, coffee, households.lock_pool)
    assert sum(Account.objects.values_list("available", flat=True)) == 20
    assert sum(order) < 60  # the points were gone when the place was left


def test_control_without_the_lock_on_the_household_points_of_somebody_who_has_left_are_spent(
    program, almeidas, ana, bruno, coffee, monkeypatch
):
    give_points(program, ana, 60)
    give_points(program, bruno, 60)
    order = []
    save = households._save

    def note(place):
        order.append(Account.objects.get(member=bruno).available)
        return save(place)

    monkeypatch.setattr(households, "_save", note)
    who_leaves_while_points_are_spent(program, almeidas, ana, bruno, coffee, pool_of)
    assert order == [60]  # he had left with all his points
    assert sum(Account.objects.values_list("available", flat=True)) == 20


@pytest.fixture
def two_invitations(program, almeidas):
    """Carla's, to the Almeidas and to the Others."""
    carla, dora = (EnrolmentFactory(program=program).member for _ in range(2))
    others = found_household(program=program, name="Others", head=dora, at=SPRING, by=None)
    return [invite_to_household(household=each, member=carla, at=SPRING, by=None) for each in (almeidas, others)]


def accept(invitation):
    return accept_invitation(invitation=invitation, at=SPRING, by=None)


def assert_one_stands(results):
    assert HouseholdMember.objects.current().count() == 4  # Ana, Bruno, Dora, and Carla once
    assert sorted(isinstance(result, HouseholdRefused) for result in results) == [False, True]


def test_of_two_invitations_accepted_at_the_same_moment_one_stands(two_invitations):
    assert_one_stands(at_once(accept, two_invitations, threads=2))


def test_an_invitation_that_the_other_overtakes_after_its_check_is_refused(two_invitations, monkeypatch):
    first, second = two_invitations
    checked, accepted = Event(), Event()
    save = households._save

    def save_late(place):
        if place.pk == second.pk:
            checked.set()
            accepted.wait(timeout=20)
        return save(place)

    def act(invitation):
        if invitation is first:
            checked.wait(timeout=20)
        try:
            return accept(invitation)
        finally:
            accepted.set()

    monkeypatch.setattr(households, "_save", save_late)
    assert_one_stands(at_once(act, two_invitations, threads=2))
