"""One delivery has one effect, however many workers and retries meet over it, and none is lost when one dies."""

from unittest.mock import patch

import pytest
from celery import current_app
from django.db import OperationalError

from loyalty.connectors import operations
from loyalty.connectors.models import Received
from loyalty.connectors.operations import look_again, receive, work_off
from loyalty.earning.models import Activity
from tests.connectors import samples
from tests.connectors.conftest import NOW
from tests.racing import at_once

BODY = samples.as_body(samples.order())


def come(shop, delivery="1"):
    headers = samples.headers("shopify", BODY, "orders/paid", delivery)
    return receive(connection=shop, body=BODY, headers=headers, at=NOW)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_leave_one_row_and_one_purchase(ana, connect, monkeypatch):
    monkeypatch.setattr(current_app, "send_task", lambda *told: None)  # the suite's real worker would be a ninth
    shop = connect()

    rows = at_once(lambda number: come(shop), range(8))
    assert {row.pk for row in rows} == set(Received.objects.values_list("pk", flat=True))
    assert Received.objects.count() == 1

    at_once(lambda number: work_off(received_id=rows[0].pk, at=NOW), range(8))
    assert Activity.objects.count() == 1
    assert Received.objects.get().state == "done"


@pytest.mark.django_db
def test_a_delivery_whose_worker_never_began_is_found_by_the_clock(ana, connect):
    come(connect())

    assert look_again(at=NOW) == 1
    assert Activity.objects.count() == 1


@pytest.mark.django_db
def test_a_worker_that_is_cut_off_in_the_middle_leaves_nothing_and_the_next_does_it_all(ana, connect):
    row = come(connect())
    working = operations.working
    with patch.object(working, "_settle", side_effect=OperationalError("gone")):
        work_off(received_id=row.pk, at=NOW)

    row.refresh_from_db()
    assert (row.state, row.code, Activity.objects.count()) == ("received", "database_busy", 0)
    look_again(at=row.due_at)
    assert Activity.objects.count() == 1
