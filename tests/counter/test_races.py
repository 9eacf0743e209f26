"""The same form sent many times at once acts once, and everybody gets its receipt; the control shows the race."""

from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.test import Client

from loyalty.counter.models import CounterAction
from loyalty.counter.operations import acting
from loyalty.earning.models import Activity
from tests.factories.earning import EarningRuleFactory
from tests.racing import AllHaveRead, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def send(till, ana, program):
    """Sends the form from one more window of the same browser: the status and where it leads."""
    EarningRuleFactory(program=program)
    form = {"key": uuid4(), "amount": "12,50"}

    def send_it(number):
        window = Client(raise_request_exception=False)
        window.cookies = till.cookies
        answer = window.post(f"/counter/member/{ana.number}/sell/", form)
        return answer.status_code, answer.headers.get("location", "").partition("?")[0]

    return send_it


def test_a_form_sent_many_times_at_once_acts_once(send):
    answers = at_once(send, range(6))

    action = CounterAction.objects.get()
    assert set(answers) == {(302, f"/counter/receipt/{action.key}/")}
    assert Activity.objects.count() == 1


def test_without_the_till_being_locked_somebody_gets_no_receipt(send, monkeypatch):
    everybody, look = AllHaveRead(2), acting.earlier_action

    def look_and_wait(**asked):
        found = look(**asked)
        everybody.wait()
        return found

    monkeypatch.setattr(acting, "earlier_action", look_and_wait)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    answers = at_once(send, range(2))

    assert [status for status, _where in answers] != [302, 302]
