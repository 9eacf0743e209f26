"""Earn, give a part back, give the rest back, redeem, undo it: in each of the 120 orders in which they can arrive.

What is accepted counts, whatever came before; what cannot be done yet is refused in a way that the docs name. Points
that were spent and then taken back are owed (`debt`), so nothing depends on who was first.
"""

import pytest
from django.db import transaction

from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db
STEPS = ("earn", "partial refund", "refund", "redeem", "rollback")
REFUSALS = {
    "partial refund": {(404, "activity_unknown"), (409, "already_refunded")},
    "refund": {(404, "activity_unknown")},
    "redeem": {(409, "insufficient_points")},
    "rollback": {(404, "redemption_unknown")},
}


@pytest.fixture
def send(hotel_api, purchase, program):
    """`send(step)` → the answer."""
    assert program.refund_policy == "debt"
    RewardFactory(program=program, code="tea", points_price=20)
    refunds = "activities/les-halles:bill-1/refunds"
    redemption = {"member": purchase["member"], "reward": "tea", "external_id": "r-1"}
    requests = {
        "earn": ("activities", purchase),
        "partial refund": (refunds, {"external_id": "part", "amount": "10.00"}),
        "refund": (refunds, {"external_id": "rest"}),
        "redeem": ("redemptions", redemption),
        "rollback": ("redemptions/les-halles:r-1/rollback", {}),
    }
    return lambda step: hotel_api.post(*requests[step])


def worth(accepted):
    """What the steps that were accepted come to, in their order."""
    points, refunded = 0, 0
    for step in accepted:
        if step == "refund":
            points -= 30 - refunded
            refunded = 30
        refunded += 10 if step == "partial refund" else 0
        points += {"earn": 30, "partial refund": -10, "redeem": -20, "rollback": 20}.get(step, 0)
    return points


def walk(send, left, accepted=(), refused=()):
    """Every order of the steps that are left, each way of beginning walked once: (accepted, refused, balance)."""
    for step in left:
        with transaction.atomic():
            answer = send(step)
            data = answer.json()
            fine = answer.status_code in (200, 201)
            if not fine:
                assert (answer.status_code, data["code"]) in REFUSALS[step], (accepted, step)
            now = (*accepted, step) if fine else accepted
            not_now = refused if fine else (*refused, step)
            if fine:
                assert data["balances"][0]["available"] == worth(now), now
            rest = [each for each in left if each != step]
            if rest:
                yield from walk(send, rest, now, not_now)
            else:
                yield now, not_now
            transaction.set_rollback(True)


def test_all_120_orders_end_alike(send):
    ends = list(walk(send, STEPS))

    assert len(ends) == 120
    assert {worth(accepted) for accepted, refused in ends if not refused} == {0}
    owed_for_a_while = ("earn", "redeem", "partial refund", "refund", "rollback")
    assert (owed_for_a_while, ()) in ends
