import pytest

from loyalty.earning.models import Activity
from loyalty.earning.operations import MemberRef, enrol_member
from loyalty.events.models import Event
from members.models import Enrolment, ExternalId, Member
from tests.earning.desk import DAY, NOON
from tests.factories.earning import EarningRuleFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


def test_joining_is_an_activity_that_may_earn(program):
    EarningRuleFactory(program=program, kind="sign_up", effect="fixed", points=50, per_amount=None)
    enrolment = enrol_member(program=program, at=NOON, first_name="Zoé", email="zoe@example.com", channel="web")
    assert enrolment.balance == 50
    assert Activity.objects.get().kind == "sign_up"
    assert "member.enrolled" in Event.objects.values_list("kind", flat=True)


def test_joining_twice_changes_nothing(program):
    EarningRuleFactory(program=program, kind="sign_up", effect="fixed", points=50, per_amount=None)
    first = enrol_member(program=program, at=NOON, first_name="Zoé", email="zoe@example.com")
    again = enrol_member(program=program, at=NOON + DAY, member=first.member)
    assert (again.pk, again.balance) == (first.pk, 50)
    assert Event.objects.filter(kind="member.enrolled").count() == 1


def test_a_history_enrols_whom_nobody_knows_at_their_first_activity_and_gives_no_gift(desk, program):
    EarningRuleFactory(program=program, kind="sign_up", effect="fixed", points=50, per_amount=None)
    newcomer = MemberRef("any", "00042")
    desk.load(desk.activity(10, day=3, member=newcomer), desk.activity(5, day=1, member=newcomer), enrol=True)
    enrolment = Enrolment.objects.get(member=ExternalId.objects.get(external_id="00042").member)
    assert (enrolment.enrolled_at, enrolment.balance) == (NOON + DAY, 15)
    assert Activity.objects.get(kind="sign_up").occurred_at == NOON + DAY
    assert not Event.objects.exists()


def test_without_being_asked_to_a_history_enrols_nobody(desk):
    answers = desk.load(desk.activity(10, member=MemberRef("any", "00042")))
    assert answers[0].code == "member_unknown"
    assert Member.objects.count() == 1


@pytest.mark.parametrize(
    "bad", [{"euros": -1}, {"store": "nowhere"}, {"kind": "refund", "refunds": "nothing"}, {"day": 2000}]
)
def test_a_row_that_does_not_go_in_enrols_nobody(desk, bad):
    answers = desk.load(desk.activity(member=MemberRef("any", "00042"), **bad), enrol=True)
    assert hasattr(answers[0], "code")
    assert Member.objects.count() == 1


def test_a_member_of_another_program_is_enrolled_here_too(desk, program):
    elsewhere = MemberFactory(email="lea@example.com")
    desk.load(desk.activity(10, member=MemberRef("email", "lea@example.com")), enrol=True)
    assert Enrolment.objects.get(member=elsewhere, program=program).balance == 10
