"""Points become a reward: what the member pays, what the member gets, and that a retry changes nothing."""

from datetime import date, timedelta

import pytest

from loyalty.ledger import queries as ledger
from loyalty.ledger.operations import InsufficientPoints
from loyalty.lib import codes
from members.models import Enrolment, Member
from rewards import operations
from rewards.models import Redemption, Reward, Voucher
from rewards.operations import MemberRefused, RedemptionRefused, ReferenceReused
from tests.factories.programs import StoreFactory
from tests.factories.rewards import SPRING, RewardFactory, give_points

pytestmark = pytest.mark.django_db


def redeem(program, member, reward, external_id="r1", **options):
    options = {"source": "till", "external_id": external_id, "at": SPRING, **options}
    return operations.redeem_reward(program=program, member_id=member.pk, reward=reward, **options)


def available(program, member):
    return ledger.balance(program=program, member_id=member.pk, at=SPRING).available


def test_the_price_is_debited_and_a_voucher_issued(program, ana, coffee):
    give_points(program, ana, 350)
    redeemed = redeem(program, ana, coffee)
    (voucher,) = redeemed.vouchers
    assert available(program, ana) == 250
    assert (voucher.member_id, voucher.reward_id, voucher.state) == (ana.pk, coffee.pk, Voucher.State.UNUSED)
    assert Voucher.objects.get().code == voucher.code
    assert codes.is_valid(voucher.code)


def test_each_piece_has_its_own_voucher(program, ana, coffee):
    give_points(program, ana, 350)
    redeemed = redeem(program, ana, coffee, quantity=3)
    assert available(program, ana) == 50
    assert len({voucher.code for voucher in redeemed.vouchers}) == 3


def test_a_voucher_carries_the_amount_its_uses_and_its_end(program, ana):
    discount = RewardFactory(
        program=program, kind=Reward.Kind.DISCOUNT_AMOUNT, amount=750, voucher_uses=2, voucher_days=30
    )
    give_points(program, ana, 100)
    redeem(program, ana, discount)
    voucher = Voucher.objects.get()
    assert (voucher.value, voucher.uses_allowed) == (750, 2)
    # 2 April is the first of thirty days, 1 May the last: it ends at midnight in Paris.
    assert voucher.expires_at.astimezone(program.tzinfo).isoformat() == "2025-05-02T00:00:00+02:00"


def test_too_few_points_redeem_nothing(program, ana, coffee):
    give_points(program, ana, 99)
    with pytest.raises(InsufficientPoints):
        redeem(program, ana, coffee)
    assert not Redemption.objects.exists()
    assert not Voucher.objects.exists()
    assert available(program, ana) == 99


def test_a_retry_finds_the_first_result(program, ana, coffee):
    give_points(program, ana, 350)
    first, again = redeem(program, ana, coffee), redeem(program, ana, coffee)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.redemption == first.redemption
    assert [voucher.code for voucher in again.vouchers] == [voucher.code for voucher in first.vouchers]
    assert available(program, ana) == 250


def test_the_same_identifier_for_something_else_is_refused(program, ana, bruno, coffee):
    give_points(program, ana, 350)
    redeem(program, ana, coffee)
    for options in ({"member": bruno}, {"reward": RewardFactory(program=program)}, {"quantity": 2}):
        with pytest.raises(ReferenceReused):
            redeem(program, options.pop("member", ana), options.pop("reward", coffee), **options)
    assert available(program, ana) == 250


def test_two_sources_may_use_the_same_identifier(program, ana, coffee):
    give_points(program, ana, 350)
    redeem(program, ana, coffee)
    redeem(program, ana, coffee, source="web")
    assert available(program, ana) == 150


def test_the_stock_goes_down_and_ends(program, ana, coffee):
    coffee.stock = 1
    coffee.save()
    give_points(program, ana, 350)
    redeem(program, ana, coffee)
    with pytest.raises(RedemptionRefused) as refusal:
        redeem(program, ana, coffee, "r2")
    assert refusal.value.code == "out_of_stock"
    assert available(program, ana) == 250


def test_a_member_has_no_more_than_the_limit(program, ana, bruno, coffee):
    coffee.per_member_limit = 1
    coffee.save()
    for member in (ana, bruno):
        give_points(program, member, 350)
        redeem(program, member, coffee, f"of {member}")
    with pytest.raises(RedemptionRefused) as refusal:
        redeem(program, ana, coffee, "r2")
    assert refusal.value.code == "limit_reached"


def test_a_limit_set_later_counts_what_was_taken_before(program, ana, coffee):
    give_points(program, ana, 350)
    redeem(program, ana, coffee)
    coffee.per_member_limit = 1
    coffee.save()
    with pytest.raises(RedemptionRefused):
        redeem(program, ana, coffee, "r2")


def test_a_reward_is_given_only_in_its_stores(program, store, ana):
    reward = RewardFactory(program=program, stores=[store])
    give_points(program, ana, 350)
    redeem(program, ana, reward, store=store)
    with pytest.raises(RedemptionRefused) as refusal:
        redeem(program, ana, reward, "r2", store=StoreFactory(program=program))
    assert refusal.value.code == "wrong_store"


def test_nothing_is_redeemed_after_the_last_redemption_day(program, ana, coffee):
    program.last_redemption_date = date(2025, 4, 2)
    give_points(program, ana, 350)
    redeem(program, ana, coffee)
    with pytest.raises(RedemptionRefused) as refusal:
        redeem(program, ana, coffee, "r2", at=SPRING + timedelta(days=1))
    assert refusal.value.code == "wound_down"


def test_another_programs_reward_is_not_to_be_had(program, ana):
    give_points(program, ana, 350)
    with pytest.raises(Reward.DoesNotExist):
        redeem(program, ana, RewardFactory())


def test_a_blocked_member_redeems_nothing(program, ana, coffee):
    give_points(program, ana, 350)
    Member.objects.filter(pk=ana.pk).update(status=Member.Status.BLOCKED)
    with pytest.raises(MemberRefused) as refusal:
        redeem(program, ana, coffee)
    assert refusal.value.code == "member_blocked"
    assert available(program, ana) == 350


def test_who_has_left_redeems_nothing(program, ana, coffee):
    give_points(program, ana, 350)
    ana.enrolments.update(status=Enrolment.Status.LEFT)
    with pytest.raises(MemberRefused) as refusal:
        redeem(program, ana, coffee)
    assert refusal.value.code == "not_enrolled"


@pytest.mark.parametrize("quantity", [0, -1, 1001])
def test_an_impossible_quantity_is_refused(program, ana, coffee, quantity):
    give_points(program, ana, 350)
    with pytest.raises(RedemptionRefused):
        redeem(program, ana, coffee, quantity=quantity)
