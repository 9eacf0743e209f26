"""Nobody serves themselves, nobody acts for another store, and what is large needs a second person."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from loyalty.counter.models import ClerkProfile, CounterAction, CounterLimits, Device
from loyalty.counter.operations import set_pin
from members.operations import accept_invitation, found_household, invite_to_household
from tests.factories.counter import TillBrowser, key_of, text_of
from tests.factories.earning import EarningRuleFactory
from tests.factories.programs import StoreFactory, UserFactory

pytestmark = pytest.mark.django_db
OWN = "You cannot serve yourself or your household"


@pytest.fixture(autouse=True)
def _a_point_per_euro(program):
    EarningRuleFactory(program=program)


def test_a_clerk_with_the_members_email_does_not_serve_that_member(till, ana):
    till.user.email = "Ana@Example.com"
    till.user.save()

    assert OWN in text_of(till.do("sell", ana, amount="10"))
    assert not CounterAction.objects.exists()


def test_nor_a_membership_that_was_named_as_hers_nor_its_household(till, program, ana, bruno):
    ClerkProfile.objects.create(user=till.user, member=bruno)
    now = timezone.now()
    family = found_household(program=program, name="F", head=bruno, at=now, by=None)
    place = invite_to_household(household=family, member=ana, at=now, by=None)
    assert "+ 10 points" in text_of(till.do("sell", ana, amount="10"))
    accept_invitation(invitation=place, at=timezone.now(), by=None)

    assert OWN in text_of(till.do("sell", bruno, amount="10"))
    assert OWN in text_of(till.do("sell", ana, amount="10"))


def test_a_large_sale_asks_for_a_supervisors_pin(till, ana, program, manager):
    CounterLimits.objects.create(program=program, largest_sale=10_000)
    key = key_of(till.at(ana))

    page = text_of(till.do("sell", ana, key=key, amount="100,01"))
    assert "a supervisor confirms it" in page
    assert "marc" in page
    wrong = till.do("sell", ana, key=key, amount="100,01", supervisor=manager.pk, pin="1111")
    assert "This PIN is not right" in text_of(wrong)
    assert not CounterAction.objects.exists()
    page = text_of(till.do("sell", ana, key=key, amount="100,01", supervisor=manager.pk, pin="2580"))

    assert "+ 100 points" in page
    assert CounterAction.objects.get().supervisor == manager


def test_wrong_pins_of_a_supervisor_are_counted_until_the_password(till, ana, program, manager):
    CounterLimits.objects.create(program=program, largest_sale=100)
    for _ in range(5):
        till.do("sell", ana, amount="2", supervisor=manager.pk, pin="1111")

    page = text_of(till.do("sell", ana, amount="2", supervisor=manager.pk, pin="2580"))

    assert "Sign in with the password first" in page
    assert not CounterAction.objects.exists()


def test_a_colleague_or_another_stores_manager_confirms_nothing(till, ana, program, store):
    CounterLimits.objects.create(program=program, largest_sale=100)
    others = [
        UserFactory(groups=["clerk"], stores=[store]),
        UserFactory(groups=["store manager"], stores=[StoreFactory(program=program)]),
    ]
    for other in others:
        set_pin(user=other, pin="2580", at=timezone.now())
        till.do("sell", ana, amount="2", supervisor=other.pk, pin="2580")

    assert not CounterAction.objects.exists()


def test_a_stores_own_limits_come_before_its_programs(till, ana, program, store):
    CounterLimits.objects.create(program=program, largest_sale=100)
    CounterLimits.objects.create(program=program, store=store, largest_sale=None)

    assert "+ 2 points" in text_of(till.do("sell", ana, amount="2"))


def test_another_store_sees_no_receipt_undoes_nothing_and_uses_no_key_of_this_one(till, ana, program):
    till.do("sell", ana, amount="10")
    action = CounterAction.objects.get()
    other = StoreFactory(program=program)
    elsewhere = TillBrowser(UserFactory(groups=["clerk"], stores=[other]), other)

    assert elsewhere.get(f"/counter/receipt/{action.key}/").status_code == 404
    assert elsewhere.undo(action).status_code == 404
    assert "sent in another store" in text_of(elsewhere.do("sell", ana, key=action.key, amount="10"))
    assert CounterAction.objects.get().undone_at is None


def test_after_its_time_an_action_is_not_undone_here(till, ana, program):
    CounterLimits.objects.create(program=program, undo_seconds=0)
    page = till.do("sell", ana, amount="10")
    assert "Undo" not in text_of(page)

    assert "too late to undo" in text_of(till.undo())
    assert CounterAction.objects.get().undone_at is None


def test_a_receipts_number_counts_once_a_day_unless_it_was_undone(till, ana, bruno):
    till.do("sell", ana, amount="10", receipt="T-1")

    assert "recorded already today" in text_of(till.do("sell", bruno, amount="10", receipt="T-1"))
    till.undo()

    assert "+ 10 points" in text_of(till.do("sell", bruno, amount="10", receipt="T-1"))


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": {"granted": 1000}},
        {"member": None},
        {"undone_at": timezone.now()},
        {"receipt": "other"},
    ],
)
def test_the_database_keeps_an_action_as_it_was(till, ana, change):
    till.do("sell", ana, amount="10", receipt="T-1")

    with pytest.raises(IntegrityError), transaction.atomic():
        CounterAction.objects.update(**change)


def test_the_database_refuses_what_makes_no_sense(till, ana, program, store):
    till.do("sell", ana, amount="10", receipt="T-1")
    first = CounterAction.objects.get()
    copy = {field.attname: getattr(first, field.attname) for field in first._meta.fields if field.name != "id"}
    refused = [
        lambda: CounterAction.objects.create(**copy),
        lambda: CounterAction.objects.create(**copy | {"key": uuid4()}),
        lambda: CounterLimits.objects.create(program=program, idle_seconds=5),
        lambda: [CounterLimits.objects.create(program=program) for _ in range(2)],
        lambda: ClerkProfile.objects.create(user=UserFactory(), pin_hash="x"),
        lambda: Device.objects.create(store=store, name="", registered_at=timezone.now(), registered_by=till.user),
        lambda: Device.objects.update(revoked_at=timezone.now()),
        lambda: first.delete(),
    ]

    for attempt in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
