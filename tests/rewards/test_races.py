"""Many at once: the last piece, the member's limit and a code have one winner; a retry in flight changes nothing.

Each control takes the conditional update away (reads, then writes) and shows that the race is real.
"""

from functools import partial

import pytest

from loyalty.ledger import queries as ledger
from rewards import operations
from rewards.models import Redemption, Reward, RewardUsage, Voucher
from rewards.operations import RewardsError, VoucherRefused, redeeming, using
from tests.factories.members import EnrolmentFactory
from tests.factories.rewards import SPRING, BurnRuleFactory, give_points
from tests.racing import AllHaveRead, at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CALLERS = 6


def set_reward(reward, **values):
    Reward.objects.filter(pk=reward.pk).update(**values)


def redeem(program, reward, member, external_id):
    return operations.redeem_reward(
        program=program, member_id=member.pk, reward=reward, source="till", external_id=external_id, at=SPRING
    )


def members_with_points(program):
    members = [enrolment.member for enrolment in EnrolmentFactory.create_batch(CALLERS, program=program)]
    for member in members:
        give_points(program, member, 100)
    return members


def refusals(results, kind=RewardsError):
    return [result for result in results if isinstance(result, kind)]


def buy_the_last_piece(program, reward):
    set_reward(reward, stock=1)
    members = members_with_points(program)
    return members, at_once(lambda member: redeem(program, reward, member, f"of {member.pk}"), members)


def test_the_last_piece_has_one_winner(program, coffee):
    members, results = buy_the_last_piece(program, coffee)
    assert len(refusals(results)) == CALLERS - 1
    assert {refusal.code for refusal in refusals(results)} == {"out_of_stock"}
    assert Voucher.objects.count() == 1
    coffee.refresh_from_db()
    assert coffee.stock == 0
    balances = [ledger.balance(program=program, member_id=member.pk, at=SPRING).available for member in members]
    assert sorted(balances) == [0] + [100] * (CALLERS - 1)


def test_control_without_the_condition_the_last_piece_is_sold_to_all(program, coffee, monkeypatch):
    all_have_read = AllHaveRead(CALLERS)

    def read_then_write(reward, quantity):
        stock = Reward.objects.get(pk=reward.pk).stock
        all_have_read.wait()
        assert stock >= quantity
        set_reward(reward, stock=stock - quantity)

    monkeypatch.setattr(redeeming, "take_stock", read_then_write)
    buy_the_last_piece(program, coffee)
    assert Voucher.objects.count() == CALLERS


def redeem_at_the_limit(program, reward, member):
    set_reward(reward, per_member_limit=1)
    give_points(program, member, 100 * CALLERS)
    return at_once(lambda number: redeem(program, reward, member, f"r{number}"), range(CALLERS))


def test_the_limit_of_a_member_holds(program, ana, coffee):
    results = redeem_at_the_limit(program, coffee, ana)
    assert {refusal.code for refusal in refusals(results)} == {"limit_reached"}
    assert Voucher.objects.count() == 1


def test_control_without_the_condition_the_limit_is_passed(program, ana, coffee, monkeypatch):
    all_have_read = AllHaveRead(CALLERS)

    def read_then_write(reward, member_id, quantity):
        taken = RewardUsage.objects.filter(reward=reward, member_id=member_id).count()
        all_have_read.wait()
        assert taken + quantity <= 1

    monkeypatch.setattr(redeeming, "take_share", read_then_write)
    redeem_at_the_limit(program, coffee, ana)
    assert Voucher.objects.count() == CALLERS


@pytest.fixture
def voucher(program, ana, coffee):
    return operations.issue_voucher(program=program, reward=coffee, member_id=ana.pk, at=SPRING)


def use(voucher, sale):
    return operations.redeem_voucher(
        program=voucher.program, code=voucher.code, source="till", external_id=f"s{sale}", at=SPRING
    )


def test_one_code_and_two_hundred_callers_have_one_winner(voucher):
    results = at_once(partial(use, voucher), range(200), threads=16)
    assert len(refusals(results, VoucherRefused)) == 199
    voucher.refresh_from_db()
    assert (voucher.state, voucher.uses, voucher.used_in.count()) == (Voucher.State.USED, 1, 1)


def test_control_without_the_condition_a_code_is_used_by_all(voucher, monkeypatch):
    all_have_read = AllHaveRead(CALLERS)

    def read_then_write(found, holder, at):
        uses = Voucher.objects.get(pk=found.pk).uses
        all_have_read.wait()
        return bool(Voucher.objects.filter(pk=found.pk).update(uses=uses + 1, state="used", used_at=at))

    monkeypatch.setattr(using, "_count_use", read_then_write)
    at_once(partial(use, voucher), range(CALLERS))
    assert voucher.used_in.count() == CALLERS


def test_one_code_is_held_for_one_sale(voucher):
    def reserve(sale):
        return operations.reserve_voucher(
            program=voucher.program, code=voucher.code, source="till", external_id=f"s{sale}", at=SPRING
        )

    assert len(refusals(at_once(reserve, range(CALLERS)), VoucherRefused)) == CALLERS - 1


def test_a_retry_in_flight_is_one_use(voucher):
    results = at_once(lambda _: use(voucher, "same"), range(CALLERS))
    assert sorted(result.replayed for result in results) == [False] + [True] * (CALLERS - 1)


def test_a_retry_in_flight_is_one_redemption(program, ana, coffee):
    set_reward(coffee, stock=1)
    give_points(program, ana, 1000)
    results = at_once(lambda _: redeem(program, coffee, ana, "same"), range(CALLERS))
    assert sorted(result.replayed for result in results) == [False] + [True] * (CALLERS - 1)
    assert len({tuple(voucher.code for voucher in result.vouchers) for result in results}) == 1
    assert ledger.balance(program=program, member_id=ana.pk, at=SPRING).available == 900


def test_a_retry_in_flight_is_one_payment(program, ana):
    BurnRuleFactory(program=program)
    give_points(program, ana, 100)

    def pay(_):
        return operations.pay_with_points(
            program=program, member_id=ana.pk, amount=500, source="till", external_id="same", at=SPRING
        )

    results = at_once(pay, range(CALLERS))
    assert sorted(result.replayed for result in results) == [False] + [True] * (CALLERS - 1)
    assert ledger.balance(program=program, member_id=ana.pk, at=SPRING).available == 0


def test_a_voucher_is_used_or_its_redemption_rolled_back_never_both(program, ana, coffee):
    for number in range(10):
        give_points(program, ana, 100)
        redeemed = redeem(program, coffee, ana, f"r{number}")
        voucher = redeemed.vouchers[0]
        calls = [
            partial(use, voucher, number),
            partial(operations.roll_back_redemption, redemption=redeemed.redemption, reason="error", at=SPRING),
        ]
        results = at_once(lambda call: call(), calls)
        voucher.refresh_from_db()
        rolled_back = Redemption.objects.get(pk=redeemed.redemption.pk).state == Redemption.State.ROLLED_BACK
        assert len(refusals(results)) == 1
        assert (voucher.state == Voucher.State.USED) != rolled_back


def test_an_undone_sale_gives_its_voucher_back_once(voucher):
    use(voucher, 1)

    def give_back(_):
        return operations.give_back_vouchers(program=voucher.program, source="till", external_id="s1", at=SPRING)

    assert sorted(len(back) for back in at_once(give_back, range(CALLERS))) == [0] * (CALLERS - 1) + [1]
    voucher.refresh_from_db()
    assert (voucher.state, voucher.uses) == (Voucher.State.UNUSED, 0)


def test_two_sales_with_the_same_vouchers_have_one_winner_and_no_deadlock(program, ana, coffee, voucher):
    other = operations.issue_voucher(program=program, reward=coffee, member_id=ana.pk, at=SPRING)

    def sell(number):
        codes = [voucher.code, other.code][:: 1 if number % 2 else -1]
        return operations.use_vouchers(program=program, codes=codes, source="till", external_id=f"s{number}", at=SPRING)

    results = at_once(sell, range(CALLERS))
    assert len(refusals(results, VoucherRefused)) == CALLERS - 1
    assert {voucher.used_in.get().external_id} == {other.used_in.get().external_id}
