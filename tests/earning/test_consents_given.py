"""A consent given is an activity, once per member and channel: “15 % off on signing up to e-mail alerts”."""

import pytest

from loyalty.earning.models import Activity
from loyalty.earning.operations import enrol_member, record_consent
from members.models import Consent, Enrolment
from members.operations import withdraw_consent
from members.queries import has_consent
from rewards.models import Reward, Voucher
from tests.earning.desk import DAY, NOON
from tests.factories.earning import EarningRuleFactory
from tests.factories.members import EnrolmentFactory
from tests.factories.programs import UserFactory
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def discount(program):
    """15 % off for who agrees to e-mails."""
    discount = RewardFactory(
        program=program, code="welcome-15", kind=Reward.Kind.DISCOUNT_PERCENT, percent=15, points_price=None
    )
    terms = {"kind": "consent", "effect": "reward", "reward": discount, "points": None, "per_amount": None}
    EarningRuleFactory(program=program, code="alerts", channels=["email"], **terms)
    return discount


def agree(member, channel="email", day=0):
    return record_consent(member=member, channel=channel, source="preferences", at=NOON + day * DAY)


def test_saying_yes_to_e_mails_brings_the_discount(ana, discount):
    consent = agree(ana)
    assert consent.given
    assert has_consent(ana.pk, "email")
    assert Voucher.objects.get().reward == discount


def test_another_channel_does_not(ana, discount):
    agree(ana, "sms")
    assert Activity.objects.get().channel == "sms"
    assert not Voucher.objects.exists()


def test_saying_no_and_yes_again_brings_no_second_discount(ana, discount):
    agree(ana)
    withdraw_consent(member=ana, channel="email", source="preferences", at=NOON + DAY, by=None)
    agree(ana, day=2)
    assert Consent.objects.count() == 3
    assert Voucher.objects.count() == 1


def test_each_program_of_the_member_hears_of_it(ana, discount):
    other = EnrolmentFactory(member=ana).program
    left = EnrolmentFactory(member=ana, status="left").program
    agree(ana)
    heard = set(Activity.objects.values_list("program", flat=True))
    assert other.pk in heard
    assert left.pk not in heard


def test_who_joins_and_agrees_has_signed_up_and_consented(program, discount):
    enrolment = enrol_member(program=program, at=NOON, first_name="Zoé", consents=["email", "sms"])
    kinds = Activity.objects.filter(member=enrolment.member).order_by("id").values_list("kind", "channel")
    assert list(kinds) == [("sign_up", ""), ("consent", "email"), ("consent", "sms")]
    assert Voucher.objects.get().member == enrolment.member


def test_agreeing_is_not_yet_coming_by(ana, discount):
    agree(ana)
    assert Enrolment.objects.get(member=ana).last_activity_at is None


def test_staff_who_record_a_consent_give_the_discount_too(client, ana, discount):
    client.force_login(
        UserFactory(groups=["administrator"], is_superuser=True), "django.contrib.auth.backends.ModelBackend"
    )
    form = {"channel": "email", "given": "yes", "source": "counter", "wording": "Do you want our alerts?"}
    response = client.post(f"/admin/members/member/{ana.pk}/record_consent/", form)
    assert response.status_code == 302, response.content
    assert Voucher.objects.get().member == ana
