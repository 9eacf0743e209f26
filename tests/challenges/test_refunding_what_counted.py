"""What a refund does to a challenge: what counted counts no more, a win that no longer stands is undone."""

import pytest

from loyalty.challenges.models import ChallengeCompletion
from loyalty.earning.basket import Line
from loyalty.events.models import Event
from loyalty.ledger import operations as ledger
from loyalty.ledger.audit import audit_ledger
from loyalty.ledger.queries import balance
from rewards.operations import redeem_voucher
from tests.earning.desk import DAY, NOON, Desk
from tests.factories.challenges import BadgeFactory, ChallengeFactory
from tests.factories.rewards import RewardFactory


@pytest.fixture
def twice(program):
    """Two purchases of at least ten euros give fifty points."""
    return ChallengeFactory(program=program, target=2, minimum_amount=1000)


def test_a_win_that_no_longer_stands_is_undone(desk, twice):
    desk.record(20)
    desk.record(20, day=1)
    assert desk.points == 50
    refund = desk.refund("ticket-2", day=2)
    assert desk.points == 0
    assert refund.outcomes[-1]["reason"] == "undone"
    assert Event.objects.filter(kind="challenge.undone").count() == 1
    assert audit_ledger().drift == []


def test_it_can_be_won_again(desk, twice):
    desk.record(20)
    desk.record(20, day=1)
    desk.refund("ticket-1", day=2)
    desk.record(20, day=3)
    assert desk.points == 50
    assert ChallengeCompletion.objects.count() == 2


def test_a_part_that_leaves_the_minimum_changes_nothing(desk, twice):
    desk.record(20)
    desk.record(20, day=1)
    desk.refund("ticket-2", 10, day=2)
    assert desk.points == 50
    desk.refund("ticket-2", 0.01, day=3)
    assert desk.points == 0


def test_money_is_taken_by_share(desk, program):
    challenge = ChallengeFactory(program=program, goal="amount", target=None, target_amount=10_000)
    desk.record(60)
    desk.refund("ticket-1", 20)
    assert desk.progress(challenge).count == 40_00
    desk.refund("ticket-1", day=2)
    assert desk.progress(challenge).count == 0


def test_parts_take_in_all_what_there_was(desk, program):
    challenge = ChallengeFactory(program=program, goal="items", target=10, categories=["coffee"])
    desk.record(10, lines=(Line(category="coffee", quantity=7, unit_price=100),))
    for cents in (333, 333, 334):
        desk.refund("ticket-1", cents / 100)
    assert desk.progress(challenge).count == 0


def test_a_day_stands_while_one_of_its_purchases_does(desk, program):
    challenge = ChallengeFactory(program=program, goal="streak", target=3, every="day")
    desk.record()
    desk.record()
    desk.record(day=1)
    desk.refund("ticket-1", day=1)
    assert desk.progress(challenge, at=NOON + DAY).count == 2
    desk.refund("ticket-2", day=1)
    assert desk.progress(challenge, at=NOON + DAY).count == 1


def test_the_middle_of_a_streak_breaks_it(desk, program):
    ChallengeFactory(program=program, goal="streak", target=3, every="day")
    for day in range(3):
        desk.record(day=day)
    assert desk.points == 50
    desk.refund("ticket-2", day=3)
    assert desk.points == 0


def test_points_that_were_spent_are_owed(desk, program, twice):
    desk.record(20)
    desk.record(20, day=1)
    spent = ledger.Cause("test", "spent")
    ledger.redeem(program=program, member_id=desk.member.pk, points=30, cause=spent, at=NOON + DAY)
    desk.refund("ticket-2", day=2)
    assert balance(program=program, member_id=desk.member.pk, at=NOON + 3 * DAY).debt == 30
    assert audit_ledger().drift == []


@pytest.fixture
def coffee_for_one(program, coffee):
    return ChallengeFactory(program=program, target=1, points=None, reward=coffee)


def test_an_unused_reward_is_withdrawn_and_can_be_won_again(desk, coffee_for_one, ana):
    desk.record()
    desk.refund("ticket-1")
    assert [voucher.state for voucher in ana.vouchers.all()] == ["withdrawn"]
    desk.record(day=2)
    assert sorted(voucher.state for voucher in ana.vouchers.all()) == ["unused", "withdrawn"]


def test_a_used_reward_stays_and_is_not_given_a_second_time(desk, program, coffee_for_one, ana):
    desk.record()
    voucher = ana.vouchers.get()
    redeem_voucher(program=program, code=voucher.code, source="till", external_id="s1", at=NOON)
    refund = desk.refund("ticket-1")
    assert refund.outcomes[-1]["kept"] is True
    for again in (2, 4):
        desk.record(day=again)
        assert ana.vouchers.get().state == "used"
        assert desk.wins(coffee_for_one) == 1
        desk.refund(f"ticket-{again + 1}", day=again + 1)
        assert desk.wins(coffee_for_one) == 0


def test_a_badge_goes_with_the_last_win_that_earned_it(desk, program, ana):
    badge = BadgeFactory(program=program)
    ChallengeFactory(program=program, target=1, times=2, points=None, badge=badge)
    desk.record()
    desk.record(day=1)
    assert ana.badge_awards.count() == 1
    desk.refund("ticket-1", day=2)
    assert ana.badge_awards.get().revoked_at is None
    desk.refund("ticket-2", day=3)
    assert ana.badge_awards.get().revoked_at is not None
    desk.record(day=4)
    assert ana.badge_awards.filter(revoked_at__isnull=True).count() == 1


def test_a_freed_win_goes_to_the_next(desk, program, bruno):
    challenge = ChallengeFactory(program=program, target=1, most_winners=1)
    other = Desk(program, bruno)
    desk.record()
    other.record(external_id="bruno-1", day=1)
    desk.refund("ticket-1", day=2)
    other.record(external_id="bruno-2", day=3)
    assert (desk.points, other.points) == (0, 50)
    challenge.refresh_from_db()
    assert challenge.winners == 1


def test_todays_definition_undoes_nothing(desk, program):
    """A challenge that has been ended meanwhile still gives back what it gave, by what it had stored."""
    challenge = ChallengeFactory(program=program, target=1)
    desk.record()
    challenge.is_active, challenge.points = False, 1
    challenge.save()
    desk.refund("ticket-1")
    assert desk.points == 0


def test_a_reward_that_ran_out_is_noted(desk, program):
    reward = RewardFactory(program=program, stock=0)
    ChallengeFactory(program=program, target=1, reward=reward)
    recorded = desk.record()
    assert recorded.outcomes[-1]["out_of_stock"] is True
    assert desk.points == 50
