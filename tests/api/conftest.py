"""A program in which each full euro earns a point, and a guest whom the hotel knows."""

import pytest

from tests.factories.earning import EarningRuleFactory

NOW = "2026-03-02T13:00:00Z"


@pytest.fixture
def base_rule(program):
    return EarningRuleFactory(program=program, code="base")


@pytest.fixture
def guest(hotel_api, base_rule, time_machine):
    """As the hotel's system got them when they were enrolled."""
    time_machine.move_to(NOW)
    answer = hotel_api.post("members", {"first_name": "Zoe", "email": "zoe@example.com", "external_id": "guest-7"})
    return answer.json()


@pytest.fixture
def purchase(guest):
    """The body of a purchase of 30 euros."""
    return {
        "member": {"id": guest["id"]},
        "kind": "purchase",
        "external_id": "bill-1",
        "occurred_at": "2026-03-02T12:00:00+01:00",
        "amount": "30.00",
    }
