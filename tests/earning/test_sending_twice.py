"""A retry of the same activity has one effect and one answer; another content under its identifier is refused."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from loyalty.earning import operations as earning
from loyalty.earning.models import Activity, RuleUsage
from loyalty.earning.operations import ActivityRefused
from loyalty.ledger.audit import audit_ledger
from tests.earning.desk import Desk
from tests.factories.earning import EarningRuleFactory


@pytest.mark.django_db
def test_a_retry_gets_the_first_answer(desk):
    activity = desk.activity(10)
    first, second = desk.hand_in(activity), desk.hand_in(activity)
    assert (first.duplicate, second.duplicate) == (False, True)
    assert (second.activity_id, second.granted, second.outcomes) == (first.activity_id, first.granted, first.outcomes)
    assert desk.points == 10


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"euros": 11}, {"day": -1}, {"channel": "web"}])
def test_another_content_under_the_same_identifier_is_refused(desk, change):
    desk.record(10, external_id="ticket-x", at=desk.activity(day=1).occurred_at)
    with pytest.raises(ActivityRefused) as refused:
        desk.record(external_id="ticket-x", at=desk.activity(day=1).occurred_at, **({"euros": 10} | change))
    assert (refused.value.code, refused.value.field) == ("other_content", "external_id")
    assert desk.points == 10


@pytest.mark.django_db
def test_twice_in_one_batch_is_once(desk):
    activity = desk.activity(10)
    first, second = desk.load(activity, activity)
    assert (first.duplicate, second.duplicate) == (False, True)
    assert desk.points == 10


@pytest.mark.django_db
def test_the_same_identifier_from_another_source_is_another_activity(desk, program):
    activity = desk.activity(10)
    desk.hand_in(activity)
    earning.record_activity(program=program, source="web-shop", activity=activity, at=activity.occurred_at)
    assert desk.points == 20


def at_once(callers, call):
    start = Barrier(callers)

    def one(number):
        start.wait()
        try:
            return call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(one, range(callers)))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_till_that_sends_eight_times_at_once_is_heard_once(desk):
    activity = desk.activity(10)
    answers = at_once(8, lambda number: desk.hand_in(activity))
    assert len({answer.activity_id for answer in answers}) == 1
    assert sum(not answer.duplicate for answer in answers) == 1
    assert desk.points == 10
    assert audit_ledger().drift == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_members_daily_cap_holds_when_eight_tills_ask_at_once(desk, program):
    EarningRuleFactory(
        program=program, code="visit", effect="fixed", points=10, per_amount=None, cap_per_day=25, budget=1000
    )
    activities = [desk.activity(0.5) for _ in range(8)]
    at_once(8, lambda number: desk.hand_in(activities[number]))
    assert desk.points == 25
    assert set(RuleUsage.objects.values_list("points", flat=True)) == {25}
    assert Activity.objects.count() == 8


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_budget_that_all_members_share_is_never_overdrawn(desk, program, bruno):
    EarningRuleFactory(program=program, code="gift", effect="fixed", points=10, per_amount=None, budget=35)
    desks = [desk, Desk(program, bruno)]
    activities = [desks[number % 2].activity(0.5, external_id=f"ticket-{number}") for number in range(8)]
    at_once(8, lambda number: desks[number % 2].hand_in(activities[number]))
    assert desks[0].points + desks[1].points == 35
    assert RuleUsage.objects.get(rule_code="gift", member=None).points == 35
