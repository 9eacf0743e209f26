"""What happened stays where it was recorded; refunds, retries, figures and caps are the person's."""

from itertools import count

import pytest

from loyalty.earning.models import Activity
from loyalty.earning.operations import ActivityRefused, MemberRef
from loyalty.ledger.audit import audit_ledger
from members.models import Enrolment
from tests.earning.desk import DAY, NOON, Desk
from tests.factories.earning import EarningRuleFactory
from tests.factories.merging import merge, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_desk(program, double, base_rule):
    """Where the purchases of Ana's second row are recorded."""
    desk = Desk(program, double)
    desk._tickets = count(1001)
    return desk


def figures(member):
    return Enrolment.objects.filter(member=member).values_list(
        "purchases", "spend", "first_purchase_at", "last_purchase_at"
    )[0]


def test_a_purchase_of_before_stays_booked_and_is_refunded_by_whoever_goes_on(desk, other_desk, ana, double):
    other_desk.record(50, external_id="shoes")
    merge(ana, double, at=NOON + DAY)
    refund = other_desk.refund("shoes", 20, day=2)
    assert (refund.member_id, refund.granted) == (ana.pk, -20)
    assert Activity.objects.get(external_id="shoes").member == double
    assert desk.points == 30
    assert audit_ledger().drift == []


def test_what_somebody_else_bought_is_still_not_refunded(desk, other_desk, ana, double, bruno):
    other_desk.record(50, external_id="shoes")
    merge(ana, double, at=NOON + DAY)
    with pytest.raises(ActivityRefused) as refused:
        desk.refund("shoes", 20, day=2, member=MemberRef("id", str(bruno.pk)))
    assert refused.value.code == "purchase_foreign"


def test_a_retry_of_before_finds_what_was_recorded(desk, other_desk, ana, double):
    first = other_desk.record(50, external_id="shoes")
    merge(ana, double, at=NOON + DAY)
    again = other_desk.record(50, external_id="shoes")
    assert (again.duplicate, again.activity_id) == (True, first.activity_id)
    with pytest.raises(ActivityRefused) as refused:
        other_desk.record(60, external_id="shoes")
    assert refused.value.code == "other_content"


def test_new_purchases_are_the_kept_members(desk, other_desk, ana, double):
    merge(ana, double, at=NOON)
    assert other_desk.record(50, day=1).member_id == ana.pk
    assert desk.points == 50


def test_the_figures_add_up_and_come_apart(desk, other_desk, ana, double):
    desk.record(10, day=1)
    other_desk.record(20)
    other_desk.record(30, day=2)
    before = figures(ana), figures(double)
    merged = merge(ana, double, at=NOON + 3 * DAY)
    assert figures(ana) == (3, 60_00, NOON, NOON + 2 * DAY)
    desk.record(5, day=4)
    undo(merged, at=NOON + 5 * DAY)
    assert figures(ana) == (2, 15_00, NOON + DAY, NOON + 4 * DAY)
    assert figures(double) == before[1]


def test_a_cap_per_member_is_the_persons(program, desk, other_desk, ana, double):
    EarningRuleFactory(program=program, code="gift", effect="fixed", points=50, cap_per_member=80)
    other_desk.record(0.5)
    merged = merge(ana, double, at=NOON + DAY)
    assert desk.record(0.5, day=2).granted == 30
    undo(merged, at=NOON + 3 * DAY)
    assert desk.record(0.5, day=4).granted == 50
    assert other_desk.record(0.5, day=4).granted == 30
