"""`report summary`: a program in a few figures."""

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from analytics import queries
from loyalty.ledger import operations as ledger
from loyalty.ledger.models import Entry
from tests.analytics.purchase_logs import bought, buyers
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db


def report(program):
    out = StringIO()
    call_command("report", "summary", "--program", program.code, "--json", stdout=out)
    return json.loads(out.getvalue())


def post(verb, program, member, points, name, day=(2024, 1, 15), **terms):
    at = datetime(*day, 12, tzinfo=UTC)
    return verb(program=program, member_id=member.pk, points=points, cause=ledger.Cause("test", name), at=at, **terms)


def test_an_empty_program(program):
    assert report(program) == {
        "members": 0,
        "activities": 0,
        "points": {"earned": 0, "redeemed": 0, "expired": 0, "outstanding": 0},
        "repeat_rate": None,
        "average_order": None,
        "revenue_per_member": None,
    }


def test_everybody_enrolled_is_in_the_denominator(program):
    often, once, never = buyers(program, 3)
    bought(program, often, "2024-01-05", "2024-02-05", amount=1000)
    bought(program, once, "2024-01-05T08:00", "2024-01-05T18:00", amount=700)
    bought(program, never, "2024-01-05", kind="sign_up", amount=0)
    bought(program, never, "2024-01-06", kind="visit", amount=0)
    found = report(program)
    assert (found["members"], found["activities"]) == (3, 5)
    assert found["repeat_rate"] == pytest.approx(100 / 3)
    assert found["average_order"] == "11.33333333333333333333333333"
    assert found["revenue_per_member"] == "11.33333333333333333333333333"


def test_refunds_lower_revenue_and_neither_the_order_nor_the_repeat_rate(program):
    [member] = buyers(program, 1)
    bought(program, member, "2024-01-05", "2024-02-05", amount=1000)
    bought(program, member, "2024-02-07", amount=1000, kind="refund")
    found = report(program)
    assert (found["repeat_rate"], found["average_order"], found["revenue_per_member"]) == (100.0, "10.00", "10.00")


def test_amounts_follow_the_decimals_of_the_money(db):
    yen = ProgramFactory(money_currency="JPY")
    [member] = buyers(yen, 1)
    bought(yen, member, "2024-01-05", amount=1500)
    assert report(yen)["average_order"] == "1500"


def test_points_are_what_was_not_undone(program):
    ana, bruno = buyers(program, 2)
    post(ledger.earn, program, ana, 500, "1")
    post(ledger.earn, program, bruno, 80, "2", expires_at=datetime(2024, 2, 1, tzinfo=UTC))
    post(ledger.redeem, program, ana, 120, "3")
    undone = post(ledger.redeem, program, ana, 50, "4")
    cause, at = ledger.Cause("test", "5"), datetime(2024, 1, 20, tzinfo=UTC)
    ledger.reverse(entry=Entry.objects.get(pk=undone.entry_ids[0]), cause=cause, at=at)
    post(ledger.take_back, program, ana, 100, "6", earned_by=ledger.Cause("test", "1"))
    post(ledger.adjust, program, ana, 7, "7", reason="goodwill", by=None)
    ledger.expire(program=program, at=datetime(2024, 2, 1, tzinfo=UTC), first_member=ana.pk, last_member=bruno.pk)
    assert report(program)["points"] == {"earned": 480, "redeemed": 120, "expired": 80, "outstanding": 287}


def test_points_by_month_end_with_what_is_outstanding(program):
    [member] = buyers(program, 1)
    post(ledger.earn, program, member, 500, "1", (2024, 1, 15))
    post(ledger.redeem, program, member, 200, "2", (2024, 3, 15))
    months = queries.points_by_month(program, date(2024, 4, 10))
    assert [(str(month), p.earned, p.redeemed, p.outstanding) for month, p in months] == [
        ("2024-01-01", 500, 0, 500),
        ("2024-02-01", 0, 0, 500),
        ("2024-03-01", 0, 200, 300),
        ("2024-04-01", 0, 0, 300),
    ]
    assert queries.points_by_month(program, date(2024, 4, 10), count=1) == months[-1:]
    assert queries.points_by_month(program, date(2024, 3, 1))[-1] == months[1]


def test_the_number_of_statements_does_not_grow(program, django_assert_num_queries):
    for member in buyers(program, 5):
        bought(program, member, "2024-01-05", "2024-02-05")
    with django_assert_num_queries(4):
        queries.summary(program)
