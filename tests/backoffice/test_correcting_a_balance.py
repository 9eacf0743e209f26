"""Adjusting a balance and reversing an entry: with a reason, by whom it concerns, once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from loyalty.ledger import operations as ledger
from loyalty.ledger.models import Account, Entry

pytestmark = pytest.mark.django_db
EARNED_AT = datetime(2026, 1, 5, 10, tzinfo=UTC)
KEY = "2f1c1a52-4f5c-4a86-9d07-0d5c2b3f7a11"


@pytest.fixture
def account(program, ana):
    cause = ledger.Cause("test", "1")
    ledger.earn(program=program, member_id=ana.pk, points=120, cause=cause, at=EARNED_AT)
    return Account.objects.get(member=ana)


@pytest.fixture
def adjust(account):
    def adjust(browser, points, reason="forgotten at the till", key=KEY):
        address = f"/admin/ledger/account/{account.pk}/adjust/"
        return browser.post(address, {"points": points, "reason": reason, "key": key}, follow=True)

    return adjust


@pytest.fixture
def reverse(account):
    def reverse(browser, entry, reason="wrong member"):
        return browser.post(f"/admin/ledger/entry/{entry.pk}/reverse/", {"reason": reason}, follow=True)

    return reverse


def available(account):
    account.refresh_from_db()
    return account.available


def test_finance_adds_points_with_a_reason(as_role, account, adjust, text_of):
    finance = as_role("finance")

    page = adjust(finance, 30)

    entry = account.entries.latest("id")
    assert (available(account), entry.points, entry.kind) == (150, 30, Entry.Kind.ADJUST)
    assert (entry.reason, entry.by) == ("forgotten at the till", finance.user)
    assert "The balance was adjusted by 30 points." in text_of(page)


def test_added_points_expire_like_points_earned_today(as_role, account, adjust):
    adjust(as_role("finance"), 30)

    lot = account.lots.latest("id")
    assert timezone.now() + timedelta(days=364) < lot.expires_at < timezone.now() + timedelta(days=367)


def test_points_are_taken_with_a_minus_sign(as_role, account, adjust):
    adjust(as_role("support"), -20)

    assert available(account) == 100


def test_the_same_form_sent_twice_adjusts_once(as_role, account, adjust):
    finance = as_role("finance")

    adjust(finance, 30)
    adjust(finance, 30)

    assert available(account) == 150


def test_a_fresh_form_adjusts_again(as_role, account, adjust):
    finance = as_role("finance")
    first, second = (finance.get(f"/admin/ledger/account/{account.pk}/adjust/") for _ in range(2))

    for page in (first, second):
        adjust(finance, 30, key=str(page.context["form"]["key"].value()))

    assert available(account) == 180


@pytest.mark.parametrize(
    ("points", "reason", "message"),
    [
        (-121, "too much", "121 points were asked for and 120 can be spent."),
        (0, "nothing", "An adjustment adds or takes at least one point."),
        ("1e5", "what", "Enter a whole number."),
        (10**12, "too large", "Ensure this value is less than or equal to 1000000000."),
        (10, "  ", "This field is required."),
    ],
)
def test_what_cannot_be_done_is_said_on_the_form_and_changes_nothing(
    as_role, account, adjust, text_of, points, reason, message
):
    page = adjust(as_role("finance"), points, reason)

    assert message in text_of(page)
    assert available(account) == 120


@pytest.mark.parametrize("role", ["marketing", "store manager", "clerk", "analyst", "partner manager"])
def test_other_roles_cannot_adjust(as_role, account, adjust, role):
    assert adjust(as_role(role), 30).status_code == 403
    assert available(account) == 120


def test_an_adjustment_is_reversed_once(as_role, account, adjust, reverse, text_of):
    support = as_role("support")
    adjust(support, 30)
    entry = account.entries.get(kind=Entry.Kind.ADJUST)

    first = reverse(support, entry)
    second = reverse(support, entry)

    assert available(account) == 120
    assert "The entry was reversed: -30 points." in text_of(first)
    assert account.entries.count() == 3
    assert "This entry was reversed already." in text_of(second)


def test_what_an_activity_earned_is_taken_back_by_a_refund_alone(as_role, account, reverse, text_of):
    support, entry = as_role("support"), account.entries.get()

    page = reverse(support, entry)

    assert "refund the activity" in text_of(page)
    assert "Reverse this entry" not in text_of(support.get(f"/admin/ledger/entry/{entry.pk}/change/"))
    assert available(account) == 120


def test_an_expiry_is_not_reversed(as_role, program, ana, account, reverse, text_of):
    ledger.earn(
        program=program,
        member_id=ana.pk,
        points=5,
        cause=ledger.Cause("test", "2"),
        at=EARNED_AT,
        expires_at=EARNED_AT + timedelta(days=1),
    )
    ledger.expire(program=program, at=EARNED_AT + timedelta(days=2), first_member=ana.pk, last_member=ana.pk)

    page = reverse(as_role("finance"), account.entries.get(kind=Entry.Kind.EXPIRE))

    assert "Only an adjustment is reversed here" in text_of(page)
    assert available(account) == 120


def test_nobody_edits_or_deletes_an_entry(sign_in, administrator, account):
    browser, entry = sign_in(administrator), account.entries.get()

    assert browser.post(f"/admin/ledger/entry/{entry.pk}/change/", {"points": 1}).status_code == 403
    assert browser.post(f"/admin/ledger/entry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.get("/admin/ledger/entry/add/").status_code == 403
