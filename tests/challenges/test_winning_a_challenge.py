"""Three visits in March give fifty points: once, to who may take part, for what counts, in the program's own March."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.challenges import operations
from loyalty.challenges.models import Challenge
from loyalty.events.models import Event
from tests.earning.desk import NOON, Desk
from tests.factories.challenges import APRIL, MARCH, BadgeFactory, ChallengeFactory
from tests.factories.members import EnrolmentFactory
from tests.factories.rewards import RewardFactory


def test_the_third_visit_wins(desk, three_visits):
    desk.visit()
    desk.visit(day=1)
    assert desk.points == 0
    recorded = desk.visit(day=2)
    assert desk.points == 50
    (outcome,) = recorded.outcomes
    assert (outcome["reason"], outcome["granted"]) == ("completed", 50)


def test_the_way_there_is_shown(desk, three_visits):
    recorded = desk.visit()
    assert (recorded.outcomes[0]["count"], recorded.outcomes[0]["needed"]) == (1, 3)
    progress = desk.progress(three_visits)
    assert (progress.count, progress.goal, progress.ends_at, progress.is_over) == (1, 3, APRIL, False)


def test_once_won_it_is_won(desk, three_visits):
    for day in range(7):
        desk.visit(day=day)
    assert desk.points == 50
    progress = desk.progress(three_visits)
    assert (progress.count, progress.goal, progress.is_over) == (3, 3, True)


def test_other_kinds_of_activity_do_not_count(desk, three_visits):
    for day in range(3):
        desk.record(10, day)
    assert desk.points == 0


def test_march_is_the_programs_own_march(desk, three_visits):
    late = datetime(2026, 4, 2, tzinfo=UTC)
    for moment in (MARCH, MARCH + timedelta(hours=1), APRIL - timedelta(seconds=1)):
        desk.visit(occurred_at=moment, at=late)
    assert desk.points == 50


@pytest.mark.parametrize("moment", [MARCH - timedelta(seconds=1), APRIL])
def test_what_lies_outside_march_does_not_count(desk, three_visits, moment):
    late = datetime(2026, 4, 2, tzinfo=UTC)
    for each in (MARCH, MARCH, moment):
        desk.visit(occurred_at=each, at=late)
    assert desk.points == 0


def test_a_late_visit_counts_by_when_it_was(desk, three_visits):
    desk.visit()
    desk.visit(day=3)
    desk.visit(day=2, at=APRIL + timedelta(days=1))
    assert desk.points == 50


def test_a_retry_counts_once(desk, three_visits):
    visit = desk.activity(0, kind="visit")
    for _retry in range(3):
        desk.hand_in(visit)
    assert desk.progress(three_visits).count == 1


def test_a_load_of_the_past_takes_no_part(desk, three_visits):
    desk.load(*(desk.activity(0, day, kind="visit") for day in range(3)))
    assert desk.points == 0
    assert desk.progress(three_visits, at=NOON).count == 0


def test_a_batch_counts_like_one_after_the_other(desk, three_visits, program):
    from loyalty.earning.operations import record_activities

    visits = [desk.activity(0, day, kind="visit") for day in range(3)]
    answers = record_activities(program=program, source="till", activities=visits, at=NOON + timedelta(days=5))
    assert desk.points == 50
    assert [answer.outcomes[0]["reason"] for answer in answers] == ["counted", "counted", "completed"]


def test_a_reward_and_a_badge_can_be_won(desk, program, ana):
    reward, badge = RewardFactory(program=program), BadgeFactory(program=program)
    challenge = ChallengeFactory(program=program, target=1, points=None, reward=reward, badge=badge)
    desk.record()
    assert desk.wins(challenge) == 1
    voucher = ana.vouchers.get()
    assert (voucher.reward, voucher.source) == (reward, "challenge")
    assert ana.badge_awards.get().badge == badge


def test_it_is_announced(desk, three_visits):
    for day in range(3):
        desk.visit(day=day)
    event = Event.objects.get(kind="challenge.completed")
    assert (event.member_id, event.payload["challenge"], event.payload["points"]) == (
        desk.member.pk,
        "three-visits",
        50,
    )


def test_calculating_gives_nothing(desk, program):
    from loyalty.earning.operations import calculate

    ChallengeFactory(program=program, target=1)
    answer = calculate(program=program, source="till", activity=desk.activity(), at=NOON)
    assert answer.outcomes[0]["reason"] == "completed"
    assert desk.points == 0


@pytest.mark.parametrize(
    "audience, who, takes_part",
    [
        ({"tiers": ["gold"]}, {"tier": "gold"}, True),
        ({"tiers": ["gold"]}, {"tier": "silver"}, False),
        ({"plans": ["plus"]}, {"plan": "plus"}, True),
        ({"plans": ["plus"]}, {"plan": ""}, False),
        ({"tiers": ["gold"], "plans": ["plus"]}, {"tier": "gold"}, False),
    ],
)
def test_a_challenge_may_be_for_some(desk, program, ana, audience, who, takes_part):
    ana.enrolments.update(**who)
    ChallengeFactory(program=program, target=1, **audience)
    desk.record()
    assert desk.points == (50 if takes_part else 0)


def test_a_challenge_may_be_for_members_with_a_tag(desk, program, ana):
    challenge = ChallengeFactory(program=program, target=1, member_tags=["vip"])
    desk.record()
    assert desk.wins(challenge) == 0
    ana.tags = ["vip"]
    ana.save()
    desk.record(day=1)
    assert desk.wins(challenge) == 1


def test_who_must_join_is_counted_from_then_on(desk, program, ana):
    challenge = ChallengeFactory(program=program, target=1, is_opt_in=True)
    desk.record()
    assert not desk.progress(challenge).is_joined
    operations.join_challenge(challenge=challenge, member_id=ana.pk, at=NOON + timedelta(hours=1))
    assert desk.points == 0
    desk.record(day=1)
    assert desk.points == 50


def test_joining_what_is_over_or_for_others_is_refused(program, ana):
    over = ChallengeFactory(program=program, is_opt_in=True, valid_to=NOON)
    others = ChallengeFactory(program=program, is_opt_in=True, tiers=["gold"])
    free = ChallengeFactory(program=program)
    for challenge, code in ((over, "over"), (others, "not_for_you"), (free, "no_joining")):
        with pytest.raises(operations.JoinRefused) as refused:
            operations.join_challenge(challenge=challenge, member_id=ana.pk, at=NOON)
        assert refused.value.code == code


@pytest.mark.parametrize(
    "conditions, activity, counts",
    [
        ({"stores": ["lyon"]}, {"store": "lyon"}, True),
        ({"stores": ["lyon"]}, {}, False),
        ({"channels": ["app"]}, {"channel": "app"}, True),
        ({"channels": ["app"]}, {"channel": "web"}, False),
        ({"brands": ["Aube"]}, {"brand": "Aube"}, True),
        ({"minimum_amount": 1000}, {"amount": 1000}, True),
        ({"minimum_amount": 1000}, {"amount": 999}, False),
    ],
)
def test_only_what_fits_the_conditions_counts(desk, program, store, conditions, activity, counts):
    ChallengeFactory(program=program, target=1, **conditions)
    desk.record(**activity)
    assert desk.points == (50 if counts else 0)


def test_each_third_purchase_wins_where_it_can_be_won_again_and_again(desk, program):
    challenge = ChallengeFactory(program=program, times=None)
    for day in range(7):
        desk.record(day=day)
    assert desk.points == 100
    assert desk.progress(challenge).count == 1


def test_twice_and_no_more(desk, program):
    ChallengeFactory(program=program, target=1, times=2)
    for day in range(4):
        desk.record(day=day)
    assert desk.points == 100


def test_each_month_begins_at_zero(desk, program):
    ChallengeFactory(program=program, target=2, period="month")
    late = datetime(2026, 4, 5, tzinfo=UTC)
    in_march = [MARCH, APRIL - timedelta(seconds=1)]
    in_april = [APRIL]
    for moment in in_march + in_april:
        desk.record(occurred_at=moment, at=late)
    assert desk.points == 50
    desk.record(occurred_at=APRIL + timedelta(hours=1), at=late)
    assert desk.points == 100


def test_the_cap_of_wins_holds(desk, program, bruno):
    challenge = ChallengeFactory(program=program, target=1, most_winners=1)
    desk.record()
    other = Desk(program, bruno)
    recorded = other.record(external_id="bruno-1")
    assert (desk.points, other.points) == (50, 0)
    assert recorded.outcomes[0]["reason"] == "no_wins_left"
    challenge.refresh_from_db()
    assert challenge.winners == 1


def test_after_the_last_earning_day_nothing_is_earned(desk, program):
    program.closing_announced_date = program.last_earning_date = NOON.date()
    program.last_redemption_date = program.final_expiry_date = NOON.date() + timedelta(days=60)
    program.save()
    ChallengeFactory(program=program, target=2)
    desk.record()
    desk.record(day=1)
    assert desk.points == 0


def test_who_left_takes_no_part(program):
    member = EnrolmentFactory(program=program, status="left").member
    from loyalty.earning.operations import ActivityRefused

    ChallengeFactory(program=program, target=1)
    with pytest.raises(ActivityRefused):
        Desk(program, member).record()
    assert Challenge.objects.get().progresses.count() == 0
