"""A redemption undone: points, stock and limit return, vouchers are withdrawn, used ones forbid it."""

from datetime import timedelta

import pytest

from loyalty.ledger import queries as ledger
from rewards import operations
from rewards.models import Redemption, Voucher
from rewards.operations import RollBackRefused
from tests.factories.rewards import SPRING, BurnRuleFactory, give_points

pytestmark = pytest.mark.django_db
LATER = SPRING + timedelta(days=3)


@pytest.fixture
def redeemed(program, ana, coffee):
    coffee.stock, coffee.per_member_limit = 5, 2
    coffee.save()
    give_points(program, ana, 350)
    return operations.redeem_reward(
        program=program, member_id=ana.pk, reward=coffee, quantity=2, source="till", external_id="r1", at=SPRING
    )


def roll_back(redemption, at=LATER, by=None):
    return operations.roll_back_redemption(redemption=redemption, reason="wrong article", at=at, by=by)


def use(program, voucher):
    return operations.redeem_voucher(program=program, code=voucher.code, source="till", external_id="s1", at=SPRING)


def available(program, member, at=LATER):
    return ledger.balance(program=program, member_id=member.pk, at=at).available


def test_points_stock_and_limit_return(program, ana, coffee, redeemed, administrator):
    roll_back(redeemed.redemption, by=administrator)
    coffee.refresh_from_db()
    assert available(program, ana) == 350
    assert coffee.stock == 5
    again = operations.redeem_reward(
        program=program, member_id=ana.pk, reward=coffee, quantity=2, source="till", external_id="r2", at=LATER
    )
    assert not again.replayed


def test_it_is_noted_who_did_it_and_why(redeemed, administrator):
    roll_back(redeemed.redemption, by=administrator)
    redemption = Redemption.objects.get()
    assert redemption.state == Redemption.State.ROLLED_BACK
    assert (redemption.rolled_back_by, redemption.rolled_back_reason) == (administrator, "wrong article")


def test_the_vouchers_are_withdrawn(program, redeemed):
    roll_back(redeemed.redemption)
    assert set(Voucher.objects.values_list("state", flat=True)) == {Voucher.State.WITHDRAWN}
    with pytest.raises(operations.VoucherRefused):
        use(program, redeemed.vouchers[0])


def test_twice_gives_back_once(program, ana, coffee, redeemed):
    roll_back(redeemed.redemption)
    roll_back(redeemed.redemption)
    coffee.refresh_from_db()
    assert (available(program, ana), coffee.stock) == (350, 5)


def test_a_used_voucher_forbids_it(program, ana, coffee, redeemed):
    use(program, redeemed.vouchers[0])
    with pytest.raises(RollBackRefused) as refusal:
        roll_back(redeemed.redemption)
    assert refusal.value.code == "voucher_used"
    assert redeemed.vouchers[0].code not in str(refusal.value)
    coffee.refresh_from_db()
    assert (available(program, ana), coffee.stock) == (150, 3)
    assert Voucher.objects.filter(state=Voucher.State.UNUSED).count() == 1


def test_a_voucher_that_a_sale_holds_forbids_it_until_the_hold_lapses(program, ana, redeemed):
    voucher = redeemed.vouchers[0]
    operations.reserve_voucher(program=program, code=voucher.code, source="till", external_id="s1", at=LATER)
    with pytest.raises(RollBackRefused) as refusal:
        roll_back(redeemed.redemption)
    assert refusal.value.code == "voucher_reserved"
    roll_back(redeemed.redemption, at=LATER + timedelta(hours=1))
    assert available(program, ana) == 350


def test_a_withdrawn_voucher_does_not_forbid_it(program, ana, redeemed):
    operations.withdraw_voucher(voucher=redeemed.vouchers[0], reason="lost", at=SPRING)
    roll_back(redeemed.redemption)
    assert available(program, ana) == 350


def test_points_return_to_their_own_lot_and_what_lapsed_stays_lapsed(program, ana, coffee):
    give_points(program, ana, 60, expires_at=SPRING + timedelta(days=1))
    give_points(program, ana, 40, expires_at=SPRING + timedelta(days=10))
    redeemed = operations.redeem_reward(
        program=program, member_id=ana.pk, reward=coffee, source="till", external_id="r1", at=SPRING
    )
    roll_back(redeemed.redemption)
    assert available(program, ana) == 40
    assert available(program, ana, at=SPRING + timedelta(days=10)) == 0


def test_a_payment_at_the_till_is_undone_the_same_way(program, ana):
    BurnRuleFactory(program=program)
    give_points(program, ana, 350)
    payment = operations.pay_with_points(
        program=program, member_id=ana.pk, amount=2000, source="till", external_id="s1", at=SPRING
    )
    roll_back(payment.redemption)
    assert available(program, ana) == 350
