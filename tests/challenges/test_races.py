"""Many at once: a code, the last win, prize and place have one winner. Each control takes the condition away."""

from datetime import timedelta

import pytest
from django.db import transaction

from loyalty.challenges import operations
from loyalty.challenges.models import (
    Challenge,
    ChallengeCompletion,
    CodeUse,
    DrawWin,
    EntryCode,
    InstantPlay,
    InstantWin,
    Occasion,
)
from loyalty.challenges.operations import codes as code_verbs
from loyalty.challenges.operations import gains, instant_wins, occasions, winning
from loyalty.earning.operations import ActivityInput, ActivityRefused, MemberRef, record_activity
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.models import Account
from loyalty.lib.deadlocks import is_deadlock
from rewards.operations import granting
from tests.earning.desk import NOON
from tests.factories.challenges import (
    APRIL,
    ChallengeFactory,
    CodeBatchFactory,
    InstantWinFactory,
    OccasionFactory,
    codes_of,
    march_draw,
)
from tests.factories.members import EnrolmentFactory
from tests.factories.rewards import RewardFactory
from tests.racing import AllHaveRead, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CALLERS = 6


def members(program, count):
    return [enrolment.member for enrolment in EnrolmentFactory.create_batch(count, program=program)]


def record(program, member, **terms):
    activity = ActivityInput(
        external_id=f"of {member.pk}",
        member=MemberRef("id", str(member.pk)),
        occurred_at=NOON,
        **({"kind": "purchase", "amount": 1000} | terms),
    )
    return record_activity(program=program, source="app", activity=activity, at=NOON)


def enter(program, code, callers, threads):
    def one(member):
        return record(program, member, kind="code", code=code, amount=0)

    return at_once(one, members(program, callers), threads=threads)


def points():
    return sum(Account.objects.values_list("available", flat=True))


def test_one_code_and_two_hundred_callers_have_one_winner(program):
    (code, *_others) = codes_of(CodeBatchFactory(program=program))
    results = enter(program, code, 200, threads=16)
    refusals = [result for result in results if isinstance(result, ActivityRefused)]
    assert len(refusals) == 199
    assert {(refusal.code, refusal.field) for refusal in refusals} == {("code_invalid", "code")}
    assert points() == 20
    assert CodeUse.objects.count() == 1
    assert program.activities.count() == 1  # the losers left nothing
    assert audit_ledger().drift == []


def test_control_without_the_condition_a_code_pays_all(program, monkeypatch):
    (code, *_others) = codes_of(CodeBatchFactory(program=program))
    all_have_read = AllHaveRead(CALLERS)

    def read_then_write(claims):
        ((found, each),) = claims
        free = EntryCode.objects.get(pk=found.pk).activity_id is None
        all_have_read.wait()
        assert free
        EntryCode.objects.filter(pk=found.pk).update(
            activity_id=each.activity_id, member=each.member_id, used_at=each.occurred_at
        )
        return True

    def without_the_second_guard(uses, **options):
        """The database refuses a second use of a code as well: here nobody writes one down."""

    monkeypatch.setattr(code_verbs, "claim", read_then_write)
    monkeypatch.setattr(CodeUse.objects, "bulk_create", without_the_second_guard)
    enter(program, code, CALLERS, threads=CALLERS)
    assert points() == 20 * CALLERS


def win_the_last(program):
    challenge = ChallengeFactory(program=program, target=1, most_winners=1)
    results = at_once(lambda member: record(program, member), members(program, CALLERS), threads=CALLERS)
    return challenge, results


def test_the_last_win_has_one_winner(program):
    challenge, results = win_the_last(program)
    reasons = sorted(result.outcomes[-1]["reason"] for result in results)
    assert reasons == ["completed"] + ["no_wins_left"] * (CALLERS - 1)
    challenge.refresh_from_db()
    assert (challenge.winners, ChallengeCompletion.objects.count(), points()) == (1, 1, 50)


def test_control_without_the_condition_all_win(program, monkeypatch):
    all_have_read = AllHaveRead(CALLERS)

    def read_then_write(challenge, wanted):
        left = challenge.most_winners - Challenge.objects.get(pk=challenge.pk).winners
        all_have_read.wait()
        Challenge.objects.filter(pk=challenge.pk).update(winners=1)
        return min(left, wanted)

    monkeypatch.setattr(winning, "claim", read_then_write)
    win_the_last(program)
    assert ChallengeCompletion.objects.count() == CALLERS


def play_for_the_last(program):
    game = InstantWinFactory(program=program, stock=1)
    at_once(lambda member: record(program, member), members(program, CALLERS), threads=CALLERS)
    return game


def test_the_last_prize_has_one_winner(program):
    game = play_for_the_last(program)
    game.refresh_from_db()
    assert (game.stock, InstantPlay.objects.filter(is_won=True).count(), points()) == (0, 1, 10)


def test_control_without_the_condition_the_last_prize_is_won_by_all(program, monkeypatch):
    all_have_read = AllHaveRead(CALLERS)

    def read_then_write(game, wanted):
        left = InstantWin.objects.get(pk=game.pk).stock
        all_have_read.wait()
        InstantWin.objects.filter(pk=game.pk).update(stock=left - min(left, wanted))
        return min(left, wanted)

    monkeypatch.setattr(instant_wins, "claim", read_then_write)
    play_for_the_last(program)
    assert InstantPlay.objects.filter(is_won=True).count() == CALLERS


def accept_the_last(program):
    occasion = OccasionFactory(program=program, places=1)
    at_once(
        lambda member: operations.accept(occasion=occasion, member_id=member.pk, at=NOON),
        members(program, CALLERS),
        threads=CALLERS,
    )
    return occasion


def test_the_last_place_has_one_winner(program):
    occasion = accept_the_last(program)
    states = sorted(occasion.invitations.values_list("state", flat=True))
    assert states == ["accepted"] + ["waiting"] * (CALLERS - 1)


def test_control_without_lock_and_condition_the_last_place_is_given_to_all(program, monkeypatch):
    all_have_read = AllHaveRead(CALLERS)

    def read_then_write(occasion):
        free = Occasion.objects.get(pk=occasion.pk).taken < occasion.places
        all_have_read.wait()
        Occasion.objects.filter(pk=occasion.pk).update(taken=1)
        return free

    monkeypatch.setattr(occasions, "hold", lambda occasion: occasion)
    monkeypatch.setattr(occasions, "take_place", read_then_write)
    assert accept_the_last(program).invitations.filter(state="accepted").count() == CALLERS


def test_answers_at_the_same_moment_leave_no_place_empty_and_wait_in_no_ring(program):
    occasion = OccasionFactory(program=program, places=3)
    everybody = members(program, 8)
    for member in everybody:
        operations.accept(occasion=occasion, member_id=member.pk, at=NOON)

    def answer(numbered):
        number, member = numbered
        verb = operations.decline if number < 3 else operations.accept
        return verb(occasion=occasion, member_id=member.pk, at=NOON)

    results = at_once(answer, enumerate(everybody), threads=8)
    assert [result for result in results if isinstance(result, Exception)] == []
    occasion.refresh_from_db()
    assert (occasion.taken, occasion.invitations.filter(state="accepted").count()) == (3, 3)


def test_a_draw_asked_for_twice_is_held_once(program):
    draw = march_draw(program)
    for member in members(program, 3):
        record(program, member)
    held = at_once(lambda _caller: operations.hold_draw(draw=draw, at=APRIL + timedelta(days=1)), range(CALLERS))
    refusals = [result for result in held if isinstance(result, operations.DrawRefused)]
    assert (len(refusals), DrawWin.objects.count(), points()) == (CALLERS - 1, 1, 500)


def give_crosswise(program, rounds):
    """Two batches that give the same two rewards, each in another order; what became of them."""
    coffee, tea = RewardFactory.create_batch(2, program=program, stock=100)
    anybody = members(program, 1)[0]

    def batch(numbered):
        number, rewards = numbered
        given = [
            gains.Gain(member_id=anybody.pk, reference=f"{number}:{reward.pk}", at=NOON, reward=reward)
            for reward in rewards
        ]
        with transaction.atomic():
            gains.give(program=program, source="challenge", gains=given, at=NOON)

    orders = [(coffee, tea), (tea, coffee)] * rounds
    return at_once(batch, enumerate(orders), threads=2)


def test_batches_that_give_the_same_rewards_take_turns(program):
    assert give_crosswise(program, rounds=10) == [None] * 20


def test_control_without_the_order_they_wait_for_each_other(program, monkeypatch):
    both_hold_one, take_stock = AllHaveRead(2), granting.take_stock

    def take_and_wait(reward, quantity):
        take_stock(reward, quantity)
        if waiting:
            waiting.pop()
            both_hold_one.wait()

    waiting = [1, 2]
    monkeypatch.setattr(gains, "in_turn", lambda wanted: list(wanted.items()))
    monkeypatch.setattr(granting, "take_stock", take_and_wait)
    refused = [each for each in give_crosswise(program, rounds=1) if each]
    assert [is_deadlock(each) for each in refused] == [True]
