"""The ledger's promises are kept by the database itself, whatever the code above it tries."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError, connection, transaction

from loyalty.config.celery import require_triggers
from loyalty.ledger import operations as ledger
from loyalty.ledger.models import Account, Allocation, Entry, Lot, PostingKey
from loyalty.lib import append_only
from tests.ledger.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(purse):
    purse.earn(50)
    purse.redeem(20)
    return purse


@pytest.mark.parametrize("model", [PostingKey, Entry, Lot, Allocation, Account])
def test_what_was_written_is_never_deleted(moved, model):
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all()._raw_delete(using="default")


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Entry, {"points": 1000}),
        (Entry, {"reason": "another"}),
        (PostingKey, {"external_id": "another"}),
        (Allocation, {"points": 1}),
        (Lot, {"points": 1000}),
        (Account, {"currency": "stars"}),
    ],
)
def test_what_was_written_is_never_edited(moved, model, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(**change)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Lot, {"remaining": -1}),
        (Lot, {"remaining": 51}),
        (Account, {"pending": -1}),
        (Account, {"debt": -1}),
        (Account, {"available": 30, "debt": 5}),
        (Account, {"available": -1}),
    ],
)
def test_a_figure_that_cannot_be_is_refused(moved, model, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**change)


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "earn", "points": -1},
        {"kind": "redeem", "points": 1},
        {"kind": "expire", "points": 1},
        {"kind": "reverse", "points": 0},
        {"kind": "adjust", "points": 1, "reason": ""},
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(moved, entry):
    account = moved.account
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            account=account,
            member=account.member,
            key=PostingKey.objects.first(),
            effective_at=NOON,
            recorded_at=NOON,
            **entry,
        )


def test_a_cause_is_known_once(moved):
    known = PostingKey.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        PostingKey.objects.create(
            program=known.program, source=known.source, external_id=known.external_id, recorded_at=NOON
        )


def test_an_entry_is_reversed_once(moved):
    spent = Entry.objects.get(kind="redeem")
    ledger.reverse(entry=spent, cause=ledger.Cause("test", "undo"), at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            account=spent.account,
            member=spent.member,
            key=PostingKey.objects.first(),
            kind="reverse",
            points=1,
            reverses=spent,
            effective_at=NOON,
            recorded_at=NOON,
        )


def test_a_missing_trigger_is_noticed(moved):
    assert append_only.missing(connection) == []
    on = "ON ledger_entry" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER ledger_entry_refuses_update {on}")
    assert append_only.missing(connection) == ["ledger_entry_refuses_update"]
    assert [error.id for error in append_only.check_triggers(None, ["default"])] == ["ledger.E001"]
    append_only.install(connection)
    assert append_only.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_neither_the_web_server_nor_a_worker_starts_while_a_trigger_is_missing(program):
    append_only.require()
    on = "ON ledger_entry" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER ledger_entry_refuses_delete {on}")
    try:
        with pytest.raises(ImproperlyConfigured, match="ledger_entry_refuses_delete"):
            append_only.require()
        with pytest.raises(SystemExit):
            require_triggers()
    finally:
        append_only.install(connection)
