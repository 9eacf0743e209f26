"""What was granted and is taken back lies in the stock again, once; what was used does not."""

import pytest

from rewards import operations
from rewards.operations import Grant
from tests.factories.rewards import SPRING, RewardFactory

pytestmark = pytest.mark.django_db


def grant(reward, *members):
    grants = [Grant(member.pk, f"r{member.pk}") for member in members]
    operations.grant_rewards(program=reward.program, reward=reward, grants=grants, source="tier", at=SPRING)


def withdraw(reward, *members):
    references = [f"r{member.pk}" for member in members]
    return operations.withdraw_granted(program=reward.program, source="tier", references=references, at=SPRING)


def in_stock(reward):
    reward.refresh_from_db()
    return reward.stock


@pytest.fixture
def two(coffee):
    coffee.stock = 2
    coffee.save()
    return coffee


def test_somebody_else_can_have_it(two, ana, bruno):
    grant(two, ana, bruno)
    assert in_stock(two) == 0
    withdraw(two, ana)
    withdraw(two, ana)
    assert in_stock(two) == 1
    grant(two, bruno)
    assert in_stock(two) == 1


def test_what_was_used_is_gone(two, ana, bruno):
    grant(two, ana, bruno)
    voucher = ana.vouchers.get()
    operations.redeem_voucher(
        program=two.program, code=voucher.code, source="till", external_id="s1", at=SPRING, trusted=True
    )
    withdraw(two, ana, bruno)
    assert in_stock(two) == 1


@pytest.mark.parametrize("is_used, left", [(False, 2), (True, 1)])
def test_of_several_at_once_only_a_whole_piece_comes_back(program, two, ana, is_used, left):
    names = {"name_en": "Hamper", "name_fr": "Panier", "points_price": None}
    tea = RewardFactory(program=program, code="tea")
    hamper = operations.add_reward(
        program=program, code="hamper", kind="bundle", items=[tea, two], at=SPRING, stock=2, **names
    )
    grant(hamper, ana)
    if is_used:
        part = ana.vouchers.get(reward=tea)
        operations.redeem_voucher(
            program=program, code=part.code, source="till", external_id="s1", at=SPRING, trusted=True
        )
    withdraw(hamper, ana)
    withdraw(hamper, ana)
    assert (in_stock(hamper), in_stock(two)) == (left, 2)
