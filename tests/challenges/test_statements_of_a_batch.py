"""Many activities at once cost as many statements as a few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.earning.operations import ActivityInput, MemberRef, Refused, record_activities
from tests.earning.desk import DAY, NOON
from tests.factories.challenges import (
    ChallengeFactory,
    CodeBatchFactory,
    InstantWinFactory,
    codes_of,
    march_draw,
)
from tests.factories.members import EnrolmentFactory
from tests.factories.rewards import RewardFactory


@pytest.fixture
def everything(program):
    reward = RewardFactory(program=program)
    ChallengeFactory(program=program, target=1, reward=reward)
    ChallengeFactory(program=program, goal="new_category", target=1)
    ChallengeFactory(program=program, goal="streak", every="day", target=2, most_winners=1000)
    InstantWinFactory(program=program, reward=reward, stock=1000, plays_per_day=3)
    march_draw(program, most_tickets=5)
    return codes_of(CodeBatchFactory(program=program, quantity=60, reward=reward, per_day_limit=5))


def statements(program, activities):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answers = record_activities(program=program, source="till", activities=activities, at=NOON + 9 * DAY)
    assert not any(isinstance(answer, Refused) for answer in answers)
    return len(captured)


def activity(member, name, **terms):
    terms = {"kind": "purchase", "amount": 1000, "occurred_at": NOON} | terms
    return ActivityInput(external_id=f"{name}-{member.pk}", member=MemberRef("id", str(member.pk)), **terms)


def test_purchases_and_codes(program, everything):
    few, many = (
        [enrolment.member for enrolment in EnrolmentFactory.create_batch(count, program=program)] for count in (3, 30)
    )
    codes = iter(everything)
    counts = {}
    for members in (few, many):
        bought = [activity(member, "bought") for member in members]
        entered = [activity(member, "entered", kind="code", amount=0, code=next(codes)) for member in members]
        counts[len(members)] = [statements(program, bought), statements(program, entered)]
    assert counts[3] == counts[30]
