"""Support records what no till sent and refunds what a till cannot, in the admin."""

import pytest
from django.test import Client

from loyalty.earning.models import Activity
from rewards.operations import issue_voucher
from tests.earning.desk import DAY, NOON
from tests.factories.programs import UserFactory
from tests.factories.rewards import BurnRuleFactory, give_points

pytestmark = pytest.mark.django_db
KEY = "2f1c1a52-4f5c-4a86-9d07-0d5c2b3f7a11"


@pytest.fixture
def support():
    browser = Client()
    user = UserFactory(groups=["support"])
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def record(support, desk, ana, time_machine):
    time_machine.move_to(desk.activity().occurred_at + DAY)

    def record(**fields):
        when = {"occurred_at_0": "2026-03-02", "occurred_at_1": "12:00"}
        form = {"program": desk.program.pk, "member": ana.email, "kind": "purchase", "amount": "12.50", "key": KEY}
        return support.post("/admin/earning/activity/record/", form | when | fields)

    return record


def refund(browser, **fields):
    activity = Activity.objects.get()
    return browser.post(f"/admin/earning/activity/{activity.pk}/refund/", {"key": KEY} | fields)


def test_a_purchase_that_no_till_sent_is_recorded_with_who_did_it(record, desk, support):
    page = record()
    activity = Activity.objects.get()
    assert page.url == f"/admin/earning/activity/{activity.pk}/change/"
    assert (activity.amount, activity.by.groups.get().name, desk.points) == (1250, "support", 12)


def test_the_same_form_sent_twice_records_once(record, desk):
    record()
    record()
    assert desk.points == 12


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"member": "nobody"}, "member"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "1.555"}, "amount"),
        ({"amount": "9" * 13}, "amount"),
        ({"amount": "abc"}, "amount"),
        ({"occurred_at_0": "2026-01-01"}, "occurred_at"),
        ({"occurred_at_0": "2027-01-01"}, "occurred_at"),
        ({"occurred_at_0": "2026-02-31"}, "occurred_at"),
        ({"program": "0"}, "program"),
    ],
)
def test_bad_input_is_told_at_its_field_and_what_was_typed_stays(record, fields, field):
    page = record(**fields)
    assert page.status_code == 200
    assert page.context["form"].errors[field]
    assert not Activity.objects.exists()


def test_a_purchase_is_refunded_in_part_and_then_the_rest(record, desk, support):
    record()
    refund(support, amount="2.50")
    assert desk.points == 10  # 12 × 2.50 ÷ 12.50 is 2.4


def test_more_than_was_paid_is_not_refunded(record, desk, support):
    record()
    page = refund(support, amount="13")
    assert page.status_code == 200
    assert "More than what is left" in page.content.decode()
    assert desk.points == 12


def test_who_may_only_look_records_nothing(desk):
    browser = Client()
    browser.force_login(UserFactory(groups=["finance"]), backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/admin/earning/activity/record/").status_code == 403


def test_vouchers_and_points_pay_as_at_the_till(record, desk, program, ana, coffee):
    BurnRuleFactory(program=program)
    give_points(program, ana, 250)
    voucher = issue_voucher(program=program, reward=coffee, member_id=ana.pk, at=NOON)
    page = record(vouchers="NOT-A-CODE", redeem_points="100")
    assert list(page.context["form"].errors) == ["vouchers"]
    assert list(record(redeem_points="1.5").context["form"].errors) == ["redeem_points"]
    assert list(record(redeem_points="900").context["form"].errors) == ["redeem_points"]
    assert record(vouchers=voucher.code.lower(), redeem_points="100").status_code == 302
    voucher.refresh_from_db()
    assert voucher.state == "used"
    assert Activity.objects.get().paid_with == [{"tender": "points", "amount": 500}]
    assert desk.points == 150 + 7
