import pytest

from loyalty.earning.models import EarningRule
from loyalty.earning.operations import ActivityRefused, MemberRef, refund_activity
from loyalty.ledger import operations as ledger
from loyalty.ledger.audit import audit_ledger
from members.models import Enrolment
from tests.earning.desk import DAY, NOON

pytestmark = pytest.mark.django_db


def code_of(call):
    with pytest.raises(ActivityRefused) as refused:
        call()
    return refused.value.code


def test_a_refund_takes_its_share_of_what_was_granted(desk):
    desk.record(99, external_id="shoes")
    assert desk.refund("shoes", 33).granted == -33
    assert desk.points == 66


def test_parts_add_up_to_the_whole(desk):
    desk.record(10, external_id="shoes")
    for euros in (3.33, 3.33, 3.34):
        desk.refund("shoes", euros)
    assert desk.points == 0


def test_without_an_amount_the_rest_is_refunded(desk, ana):
    desk.record(10, external_id="shoes")
    desk.refund("shoes", 4)
    assert desk.refund("shoes").granted == -6
    assert Enrolment.objects.get(member=ana).spend == 0


def test_it_is_the_decision_that_is_undone_and_not_todays_rules(desk):
    desk.record(10, external_id="shoes")
    EarningRule.objects.update(points=5)
    assert desk.refund("shoes").granted == -10


def test_what_was_spent_meanwhile_is_owed(desk, program):
    desk.record(10, external_id="shoes")
    ledger.redeem(
        program=program, member_id=desk.member.pk, points=8, cause=ledger.Cause("test", "spent"), at=NOON + DAY / 2
    )
    desk.refund("shoes")
    assert desk.points == -8
    assert audit_ledger().drift == []


@pytest.mark.parametrize(
    ("refund", "code"),
    [
        (lambda desk: desk.refund("boots"), "purchase_unknown"),
        (lambda desk: desk.refund("shoes", 10.01), "refund_too_large"),
        (lambda desk: desk.refund("shoes", 1, day=-1), "refund_before_purchase"),
        (lambda desk: [desk.refund("shoes"), desk.refund("shoes")], "already_refunded"),
        (lambda desk: [desk.refund("shoes", external_id="r"), desk.refund("r")], "refund_of_refund"),
    ],
)
def test_a_refund_that_makes_no_sense_is_refused(desk, refund, code):
    desk.record(10, external_id="shoes")
    assert code_of(lambda: refund(desk)) == code


def test_another_members_purchase_is_not_refunded(desk, bruno):
    desk.record(10, external_id="shoes")
    reference = MemberRef("id", str(bruno.pk))
    assert code_of(lambda: desk.refund("shoes", member=reference)) == "purchase_foreign"
    assert desk.points == 10


def test_the_same_refund_sent_twice_is_one_refund(desk):
    desk.record(10, external_id="shoes")
    first = desk.refund("shoes", 4, external_id="return-1")
    second = desk.refund("shoes", 4, external_id="return-1")
    assert second.duplicate
    assert second.granted == first.granted == -4
    assert desk.points == 6


def test_a_purchase_of_nothing_is_refunded_once(desk):
    desk.record(0, external_id="gift")
    desk.refund("gift")
    assert code_of(lambda: desk.refund("gift")) == "already_refunded"


def test_the_verb_for_a_door_that_has_only_a_receipt(desk, program, ana):
    desk.record(10, external_id="shoes")
    answer = refund_activity(
        program=program,
        source="till",
        external_id="return-1",
        refunds="shoes",
        member=MemberRef("email", ana.email),
        at=NOON + DAY,
    )
    assert (answer.granted, desk.points) == (-10, 0)


def test_a_purchase_and_its_refund_may_come_in_one_file(desk):
    bought = desk.activity(10, external_id="shoes")
    returned = desk.activity(4, day=1, kind="refund", refunds="shoes", external_id="return-1")
    assert [answer.granted for answer in desk.load(bought, returned)] == [10, -4]
    assert desk.points == 6
    assert audit_ledger().drift == []


@pytest.fixture
def short_lived(program):
    """Points of 2 March are usable until the end of 1 April."""
    program.expiry, program.expiry_months = program.Expiry.ROLLING, 1
    program.save()


def expire(program, day):
    ledger.expire(program=program, at=NOON + day * DAY, first_member=1, last_member=2**40)


def test_points_that_expired_count_as_taken(desk, program, short_lived):
    desk.record(10, external_id="shoes")
    expire(program, day=40)
    assert desk.refund("shoes", 4, day=41).granted == 0
    assert desk.refund("shoes", day=42).granted == 0
    assert desk.points == 0
    assert audit_ledger().drift == []


def test_before_the_night_that_lets_them_expire_the_refund_takes_them(desk, program, short_lived):
    desk.record(10, external_id="shoes")
    assert desk.refund("shoes", 4, day=41).granted == -4
    expire(program, day=42)
    assert desk.refund("shoes", day=43).granted == 0
    assert desk.points == 0
    assert audit_ledger().drift == []


@pytest.mark.parametrize("night_has_run", [True, False])
def test_of_points_that_expired_in_part_the_rest_is_taken_at_the_end(desk, program, short_lived, night_has_run):
    desk.record(100, external_id="shoes")
    ledger.redeem(
        program=program, member_id=desk.member.pk, points=30, cause=ledger.Cause("test", "spent"), at=NOON + DAY
    )
    if night_has_run:
        expire(program, day=40)
    desk.refund("shoes", 50, day=41)
    desk.refund("shoes", 50, day=42)
    assert desk.points == -30
    assert audit_ledger().drift == []


def test_refunds_of_one_file_take_what_its_purchases_gave_though_it_has_lapsed(desk, short_lived):
    bought = [desk.activity(10, external_id=name) for name in ("shoes", "boots")]
    returned = [
        desk.activity(10, day=41, kind="refund", refunds=name, external_id=f"back-{name}")
        for name in ("shoes", "boots")
    ]
    assert [answer.granted for answer in desk.load(*bought, *returned)] == [10, 10, -10, -10]
    expire(desk.program, day=43)
    assert desk.points == 0
    assert audit_ledger().drift == []
