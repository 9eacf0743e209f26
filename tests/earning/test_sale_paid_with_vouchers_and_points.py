"""A sale may use vouchers and points: with the sale or not at all, once, and returned by a whole refund."""

import pytest

from loyalty.earning.models import Activity
from loyalty.earning.operations import ActivityRefused, calculate, exchange, record_activities
from loyalty.ledger import queries as ledger
from loyalty.ledger.audit import audit_ledger
from rewards.models import Redemption, Reward, VoucherUse
from rewards.operations import issue_voucher, pay_with_points
from tests.earning.desk import DAY, NOON
from tests.factories.earning import article
from tests.factories.rewards import BurnRuleFactory, RewardFactory, give_points

pytestmark = pytest.mark.django_db
BEFORE = NOON - 10 * DAY


@pytest.fixture
def till(program):
    """100 points pay five euros."""
    return BurnRuleFactory(program=program)


@pytest.fixture
def points(program, ana, till):
    give_points(program, ana, 500, at=BEFORE)


@pytest.fixture
def coupon(program, ana):
    """Five euros off, from a basket of twenty on."""
    reward = RewardFactory(
        program=program, kind=Reward.Kind.DISCOUNT_AMOUNT, amount=500, minimum_basket=2000, points_price=None
    )
    return issue_voucher(program=program, reward=reward, member_id=ana.pk, at=BEFORE)


def held(desk, day=0, **options):
    at = NOON + day * DAY
    return ledger.balance(program=desk.program, member_id=desk.member.pk, at=at, **options).available


def state(voucher):
    voucher.refresh_from_db()
    return voucher.state


def refused(call):
    with pytest.raises(ActivityRefused) as refusal:
        call()
    return refusal.value.code, refusal.value.field


# Vouchers


def test_the_sale_uses_its_voucher_and_earns_on_what_is_paid_after_it(desk, coupon):
    recorded = desk.record(15, lines=(article(20),), vouchers=(coupon.code,))
    assert recorded.granted == 15
    assert state(coupon) == "used"
    use = VoucherUse.objects.get()
    assert (use.source, use.external_id) == ("till", Activity.objects.get().external_id)


def test_a_voucher_that_is_refused_refuses_the_sale_and_leaves_nothing(desk, coupon, program, ana):
    another = issue_voucher(program=program, reward=RewardFactory(program=program), member_id=ana.pk, at=BEFORE)
    sale = desk.activity(15, vouchers=(another.code, coupon.code))  # the basket of the second is too small
    assert refused(lambda: desk.hand_in(sale))[1] == "vouchers"
    assert (state(coupon), state(another)) == ("unused", "unused")
    assert not Activity.objects.exists()
    assert not VoucherUse.objects.exists()


def test_a_retry_finds_its_own_use_and_another_sale_does_not(desk, coupon):
    sale = desk.activity(25, vouchers=(coupon.code,))
    first = desk.hand_in(sale)
    again = desk.hand_in(sale)
    assert (again.duplicate, again.granted) == (True, first.granted)
    assert refused(lambda: desk.record(25, vouchers=(coupon.code,)))[1] == "vouchers"
    assert VoucherUse.objects.count() == 1


def test_the_same_number_with_other_vouchers_is_another_content(desk, coupon):
    desk.record(25, external_id="sale")
    assert refused(lambda: desk.record(25, external_id="sale", vouchers=(coupon.code,)))[0] == "other_content"
    assert state(coupon) == "unused"


def test_only_staff_hear_why_a_voucher_is_refused(desk, coupon, administrator):
    desk.record(25, vouchers=(coupon.code,))
    sale = desk.activity(25, vouchers=(coupon.code,))
    assert refused(lambda: desk.hand_in(sale)) == ("not_usable", "vouchers")
    terms = {"program": desk.program, "source": "till", "activities": [sale], "at": NOON}
    (answer,) = record_activities(**terms, by=administrator)
    assert (answer.code, answer.field) == ("used", "vouchers")


def test_a_sale_that_is_refused_for_another_reason_uses_nothing(desk, coupon, points):
    sale = desk.activity(25, store="nowhere", vouchers=(coupon.code,), redeem_points=100)
    assert refused(lambda: desk.hand_in(sale)) == ("store_unknown", "store")
    assert (state(coupon), held(desk)) == ("unused", 500)


def test_a_whole_refund_gives_the_voucher_back_and_a_part_does_not(desk, coupon):
    desk.record(25, external_id="sale", vouchers=(coupon.code,))
    desk.refund("sale", 10)
    assert state(coupon) == "used"
    desk.refund("sale")
    assert state(coupon) == "unused"
    desk.record(25, day=2, vouchers=(coupon.code,))
    assert state(coupon) == "used"


# Points


def test_points_pay_and_what_they_paid_earns_nothing(desk, points):
    recorded = desk.record(25, redeem_points=200)  # ten euros of it
    assert recorded.granted == 15
    assert held(desk) == 500 - 200 + 15
    assert Activity.objects.get().paid_with == [{"tender": "points", "amount": 1000}]
    assert not audit_ledger().drift


def test_points_pay_beside_other_tenders_and_not_more_than_the_amount(desk, points):
    assert desk.record(25, paid_with=(("card", 1500),), redeem_points=200).granted == 15
    too_much = desk.activity(25, paid_with=(("card", 2000),), redeem_points=200)
    assert refused(lambda: desk.hand_in(too_much)) == ("tenders_exceed_amount", "paid_with")
    assert held(desk) == 500 - 200 + 15
    assert Redemption.objects.count() == 1


def test_a_program_may_let_points_earn_points(desk, points, program):
    program.earn_on = program.EarnOn.GROSS
    program.save()
    assert desk.record(25, redeem_points=200).granted == 25


@pytest.mark.parametrize("wanted", [150, 600])
def test_points_that_cannot_be_used_as_asked_refuse_the_sale(desk, points, wanted):
    assert refused(lambda: desk.record(40, redeem_points=wanted))[1] == "redeem_points"
    assert held(desk) == 500
    assert not Activity.objects.exists()


def test_a_retry_pays_once(desk, points):
    sale = desk.activity(25, redeem_points=200)
    desk.hand_in(sale)
    assert desk.hand_in(sale).duplicate
    assert held(desk) == 315


def test_a_retry_after_the_refund_pays_nothing(desk, points):
    sale = desk.activity(25, external_id="sale", redeem_points=200)
    desk.hand_in(sale)
    desk.refund("sale")
    assert desk.hand_in(sale, at=NOON + 2 * DAY).duplicate
    assert held(desk, day=2) == 500


def test_a_whole_refund_gives_the_points_back_to_their_lots_and_takes_what_was_earned(desk, points):
    desk.record(25, external_id="sale", redeem_points=200)
    refund = desk.refund("sale")
    assert refund.granted == -15
    assert held(desk, day=1) == 500
    assert Redemption.objects.get().state == "rolled_back"
    assert not audit_ledger().drift


def test_earned_points_that_were_spent_are_taken_from_those_that_return(desk, points, program, ana):
    program.refund_policy = program.RefundPolicy.CLAMP
    program.save()
    desk.record(40, external_id="sale", redeem_points=500)
    give_points(program, ana, 85, at=NOON)
    desk.record(5, redeem_points=100)
    refund = desk.refund("sale")
    assert "shortfall" not in refund.outcomes[0]
    assert held(desk, day=1) == 500 - 15
    assert not audit_ledger().drift


def test_refunds_of_parts_return_the_points_with_the_last(desk, points):
    desk.record(25, external_id="sale", redeem_points=200)
    desk.refund("sale", 15)
    assert Redemption.objects.get().state == "done"
    desk.refund("sale", 10)
    assert held(desk, day=1) == 500


def test_points_that_a_till_took_before_under_the_same_number_return_as_well(desk, points, program, ana):
    pay_with_points(
        program=program, member_id=ana.pk, amount=2500, points=200, source="till", external_id="sale", at=NOON
    )
    desk.record(25, external_id="sale", paid_with=(("points", 1000),))
    desk.refund("sale")
    assert held(desk, day=1) == 500


def test_cash_back_pays_in_the_same_way(desk, program, ana):
    BurnRuleFactory(program=program, currency="cashback", points=1, value=1)
    give_points(program, ana, 735, at=BEFORE, currency="cashback")
    assert desk.record(20, external_id="sale", redeem_points=735, redeem_currency="cashback").granted == 12
    assert held(desk, currency="cashback") == 0
    desk.refund("sale")
    assert held(desk, day=1, currency="cashback") == 735


# Together


def test_calculating_shows_what_would_be_earned_and_uses_nothing(desk, points, coupon, program):
    sale = desk.activity(25, vouchers=(coupon.code,), redeem_points=200)
    assert calculate(program=program, source="till", activity=sale, at=NOON).granted == 15
    assert (state(coupon), held(desk), Redemption.objects.count()) == ("unused", 500, 0)


def test_an_exchange_may_return_one_payment_and_take_another(desk, points, program):
    desk.record(25, external_id="sale", redeem_points=200)
    _refund, bought = exchange(
        program=program,
        source="till",
        refund=desk.activity(None, day=1, kind="refund", refunds="sale"),
        purchase=desk.activity(50, day=1, redeem_points=500),
        at=NOON + DAY,
    )
    assert bought.granted == 25
    assert held(desk, day=1) == 25
    assert not audit_ledger().drift


def test_in_a_batch_each_sale_stands_for_itself(desk, points):
    batch = [desk.activity(25, redeem_points=300), desk.activity(25, redeem_points=300), desk.activity(10)]
    answers = record_activities(program=desk.program, source="till", activities=batch, at=NOON)
    assert [getattr(answer, "granted", None) for answer in answers] == [10, None, 10]
    assert held(desk) == 500 - 300 + 20


@pytest.mark.parametrize(
    "terms, field",
    [
        ({"kind": "visit", "vouchers": ("ABC",)}, "vouchers"),
        ({"vouchers": ("ABC", "ABC")}, "vouchers"),
        ({"vouchers": ("",)}, "vouchers"),
        ({"vouchers": ("AB\x00C",)}, "vouchers"),
        ({"vouchers": tuple(str(number) for number in range(60))}, "vouchers"),
        ({"redeem_points": -1}, "redeem_points"),
        ({"redeem_points": 100, "redeem_currency": "stars"}, "redeem_currency"),
        ({"redeem_points": 100, "paid_with": (("points", 500),)}, "paid_with"),
    ],
)
def test_nonsense_is_refused_at_its_field(desk, points, terms, field):
    assert refused(lambda: desk.record(25, **terms))[1] == field
    assert held(desk) == 500


def test_a_history_uses_nothing_up(desk, coupon):
    (answer,) = desk.load(desk.activity(25, vouchers=(coupon.code,)))
    assert answer.field == "vouchers"
    assert state(coupon) == "unused"
