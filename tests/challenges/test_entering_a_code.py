"""A code is entered once, by anybody in the program, and is worth what its batch says."""

from datetime import timedelta

import pytest

from loyalty.challenges import operations, queries
from loyalty.challenges.models import CodeUse, EntryCode
from loyalty.earning.operations import ActivityRefused, record_activities
from loyalty.events.models import Event
from loyalty.lib import codes
from tests.earning.desk import DAY, NOON, Desk
from tests.factories.challenges import CodeBatchFactory, codes_of
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import RewardFactory

SAME_WORDS = "This code is not valid, or it has been used."


@pytest.fixture
def batch(program):
    return CodeBatchFactory(program=program)


@pytest.fixture
def code(batch):
    return codes_of(batch)[0]


def refused(call, *args, **kwargs):
    with pytest.raises(ActivityRefused) as caught:
        call(*args, **kwargs)
    assert caught.value.field == "code"
    return caught.value.code, caught.value.message


def test_a_code_is_worth_its_points(desk, code):
    recorded = desk.enter(code)
    assert desk.points == 20
    assert (recorded.outcomes[0]["reason"], recorded.outcomes[0]["granted"]) == ("entered", 20)


def test_it_may_be_typed_as_people_type(desk, code):
    desk.enter(f" {code.lower().replace('-', ' ')} ")
    assert desk.points == 20


def test_it_may_be_worth_a_reward(desk, program, ana):
    reward = RewardFactory(program=program)
    (code, *_others) = codes_of(CodeBatchFactory(program=program, points=None, reward=reward))
    desk.enter(code)
    assert (ana.vouchers.get().reward, ana.vouchers.get().source) == (reward, "code")


def test_used_unknown_wrong_ended_and_foreign_codes_are_told_apart_by_nobody(desk, program, code):
    desk.enter(code)
    (ended, *_more) = codes_of(CodeBatchFactory(program=program, valid_to=NOON))
    (early, *_more) = codes_of(CodeBatchFactory(program=program, valid_from=NOON + DAY))
    (foreign, *_more) = codes_of(CodeBatchFactory(program=ProgramFactory()))
    unknown = codes.generate(1, 11)[0]
    for text in (code, ended, early, foreign, unknown, unknown[:-1] + "2", "", "not a code"):
        assert refused(desk.enter, text) == ("code_invalid", SAME_WORDS)
    assert desk.points == 20


def test_a_refused_code_leaves_no_activity(desk, program, code):
    refused(desk.enter, codes.generate(1, 11)[0])
    assert program.activities.count() == 0


def test_a_retry_gets_the_first_answer(desk, code):
    activity = desk.activity(0, kind="code", code=code)
    first = desk.hand_in(activity)
    again = desk.hand_in(activity)
    assert (again.duplicate, again.activity_id, desk.points) == (True, first.activity_id, 20)


def test_in_one_batch_a_code_counts_once(desk, program, code):
    both = [desk.activity(0, kind="code", code=code) for _twice in range(2)]
    answers = record_activities(program=program, source="till", activities=both, at=NOON)
    assert getattr(answers[1], "code", "") == "code_invalid"
    assert desk.points == 20


def test_without_batches_a_program_records_codes_of_its_own(desk):
    desk.enter("whatever the app said")
    assert desk.program.activities.count() == 1


def test_the_past_claims_nothing(desk, batch, code):
    desk.load(desk.activity(0, kind="code", code="OLD-CODE"), desk.activity(0, kind="code", code=code))
    assert desk.program.activities.count() == 2
    assert EntryCode.objects.filter(activity_id__isnull=False).count() == 0


def test_limits_per_member_and_day(desk, program, bruno):
    batch = CodeBatchFactory(program=program, quantity=6, per_member_limit=3, per_day_limit=2)
    first, second, third, fourth, *_more = codes_of(batch)
    desk.enter(first)
    desk.enter(second)
    assert refused(desk.enter, third)[0] == "code_limit_today"
    desk.enter(third, day=1)
    assert refused(desk.enter, fourth, day=2)[0] == "code_limit"
    Desk(program, bruno).record(0, day=2, kind="code", code=fourth, external_id="of bruno")
    assert desk.points == 60


def test_after_ten_guesses_the_member_waits_until_tomorrow(desk, code):
    for guess in codes.generate(10, 11):
        assert refused(desk.enter, guess)[0] == "code_invalid"
    assert refused(desk.enter, code)[0] == "too_many_codes"
    desk.enter(code, day=1)
    assert desk.points == 20


def test_a_slip_of_the_finger_is_no_guess(desk, batch, code):
    for _slip in range(12):
        refused(desk.enter, code[:-1] + ("2" if code[-1] != "2" else "3"))
    desk.enter(code)
    assert desk.points == 20


def test_asking_before_says_the_same(desk, program, ana, code):
    ask = {"program": program, "member_id": ana.pk, "at": NOON}
    assert operations.check_code(**ask, code=code) is None
    desk.enter(code)
    assert operations.check_code(**ask, code=code).field == "code"


def test_what_was_entered_by_mistake_can_be_taken_back(desk, program, bruno, code):
    desk.enter(code)
    refund = desk.refund("ticket-1")
    assert desk.points == 0
    assert refund.outcomes[-1]["reason"] == "undone"
    other = Desk(program, bruno)
    other.record(0, day=2, kind="code", code=code, external_id="of bruno")
    assert other.points == 20
    assert CodeUse.objects.filter(undone_at__isnull=True).get().member == bruno


def test_a_code_whose_reward_was_used_stays_used(desk, program, ana):
    from rewards.operations import redeem_voucher

    reward = RewardFactory(program=program)
    (code, *_others) = codes_of(CodeBatchFactory(program=program, reward=reward))
    desk.enter(code)
    redeem_voucher(program=program, code=ana.vouchers.get().code, source="till", external_id="s1", at=NOON)
    desk.refund("ticket-1")
    assert desk.points == 0
    assert refused(desk.enter, code, day=2)[0] == "code_invalid"


def test_a_stopped_batch_takes_no_more(desk, batch, code):
    operations.stop_codes(batch=batch, at=NOON)
    assert refused(desk.enter, code, occurred_at=NOON + timedelta(minutes=1))[0] == "code_invalid"


def test_it_is_announced(desk, batch, code):
    desk.enter(code)
    event = Event.objects.get(kind="code.entered")
    assert event.payload["batch"] == batch.code
    assert code not in str(event.payload)


def test_the_database_holds_no_code_that_could_be_entered(batch):
    printed = codes_of(batch)
    rows = list(EntryCode.objects.values_list("digest", "ending"))
    assert len(rows) == 3
    for code in printed:
        assert not any(codes.normalise(code) in digest for digest, _ending in rows)
    assert {ending for _digest, ending in rows} == {code[-4:] for code in printed}


def test_with_another_key_the_codes_are_lost_unless_the_old_one_is_kept(desk, code, settings):
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    assert refused(desk.enter, code)[0] == "code_invalid"
    settings.SECRET_KEY_FALLBACKS = [old]
    desk.enter(code)
    assert desk.points == 20


def test_staff_find_a_code_that_a_member_holds(desk, code):
    desk.enter(code)
    assert queries.find_code(code).get().member == desk.member
    assert not queries.find_code("nonsense").exists()
