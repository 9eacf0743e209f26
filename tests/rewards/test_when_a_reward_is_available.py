"""When a member can have a reward, points aside, and what is said when not."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.rules import Audience, Code, Membership, RewardTerms, reward_refusal, store_honours

NOON = datetime(2025, 5, 2, 12, tzinfo=UTC)


def refusal(store="lyon", taken=0, quantity=1, closed=False, member=None, **terms):
    terms = RewardTerms(**{"points_price": 100, **terms})
    return reward_refusal(terms, at=NOON, store=store, taken=taken, quantity=quantity, closed=closed, member=member)


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"stock": 1},
        {"per_member_limit": 2, "taken": 1},
        {"valid_from": NOON, "valid_to": NOON + timedelta(seconds=1)},
        {"stores": frozenset({"lyon", "paris"})},
        {"store": ""},
    ],
)
def test_a_reward_within_its_conditions_is_available(terms):
    assert refusal(**terms) is None


@pytest.mark.parametrize(
    "terms, code",
    [
        ({"is_active": False}, Code.INACTIVE),
        ({"points_price": None}, Code.NOT_FOR_POINTS),
        ({"stock": 0}, Code.OUT_OF_STOCK),
        ({"stock": 2, "quantity": 3}, Code.OUT_OF_STOCK),
        ({"per_member_limit": 2, "taken": 2}, Code.LIMIT_REACHED),
        ({"per_member_limit": 2, "taken": 1, "quantity": 2}, Code.LIMIT_REACHED),
        ({"per_member_limit": 0}, Code.LIMIT_REACHED),
        ({"valid_from": NOON + timedelta(seconds=1)}, Code.TOO_EARLY),
        ({"valid_to": NOON}, Code.TOO_LATE),
        ({"stores": frozenset({"paris"})}, Code.WRONG_STORE),
        ({"stores": frozenset({"paris"}), "store": ""}, Code.WRONG_STORE),
        ({"closed": True}, Code.WOUND_DOWN),
    ],
)
def test_a_refusal_says_why(terms, code):
    answer = refusal(**terms)
    assert answer.code == code
    assert str(answer.message)


def test_a_voucher_without_stores_is_honoured_everywhere():
    assert store_honours([], None)
    assert store_honours([1, 2], 2)
    assert not store_honours([1, 2], 3)
    assert not store_honours([1, 2], None)


GOLD_OR_PRESS = Audience(tiers=frozenset({"gold"}), tags=frozenset({"press"}))


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (Membership(tier="gold"), None),
        (Membership(tags=frozenset({"press", "vip"})), None),
        (Membership(tier="silver"), Code.NOT_FOR_MEMBER),
        (None, Code.NOT_FOR_MEMBER),
    ],
)
def test_a_reward_for_certain_members(member, code):
    answer = refusal(member=member, audience=GOLD_OR_PRESS)
    assert (answer and answer.code) == code


def test_certain_members_have_it_earlier():
    opening = {"valid_from": NOON + timedelta(days=7), "early_from": NOON, "audience": GOLD_OR_PRESS}
    gold, anybody = Membership(tier="gold"), Membership()
    assert refusal(member=gold, **opening) is None
    assert refusal(member=anybody, **opening).code == Code.TOO_EARLY
    opened = opening | {"valid_from": NOON, "early_from": NOON - timedelta(days=7)}
    assert refusal(member=anybody, **opened) is None
    assert refusal(member=gold, **opening | {"early_from": NOON + timedelta(1)}).code == Code.TOO_EARLY
