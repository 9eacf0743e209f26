"""The catalogue as a member sees it, the vouchers that can be used now, and what is still outstanding."""

from datetime import timedelta

import pytest

from members.models import Enrolment
from rewards import operations, queries
from rewards.models import Reward
from tests.factories.programs import StoreFactory
from tests.factories.rewards import SPRING, RewardFactory, give_points

pytestmark = pytest.mark.django_db


def offers(program, member, **options):
    return {
        offer.reward.code: offer
        for offer in queries.catalogue(program=program, member_id=member.pk, at=SPRING, **options)
    }


def issue(reward, member):
    return operations.issue_voucher(program=reward.program, reward=reward, member_id=member.pk, at=SPRING)


def test_the_catalogue_says_what_a_member_can_afford(program, ana, coffee):
    RewardFactory(program=program, code="machine", points_price=5000)
    give_points(program, ana, 350)
    found = offers(program, ana)
    assert list(found) == ["coffee", "machine"]
    assert found["coffee"].is_within_reach
    assert (found["machine"].missing_points, found["machine"].is_within_reach) == (4650, False)


def test_the_catalogue_says_why_a_reward_is_not_to_be_had(program, store, ana, coffee):
    coffee.stock = 0
    coffee.save()
    RewardFactory(program=program, code="here-only", stores=[store])
    give_points(program, ana, 350)
    found = offers(program, ana)
    assert found["coffee"].refusal.code == "out_of_stock"
    assert found["here-only"].refusal.code == "wrong_store"
    assert offers(program, ana, store=store)["here-only"].is_within_reach


def test_what_cannot_be_bought_is_not_in_the_catalogue(program, ana, coffee):
    RewardFactory(program=program, code="gift", points_price=None)
    RewardFactory(program=program, code="retired", is_active=False)
    RewardFactory(code="elsewhere")
    assert list(offers(program, ana)) == ["coffee"]


def test_the_catalogue_takes_the_same_number_of_statements_for_many_rewards(
    program, ana, store, coffee, django_assert_max_num_queries
):
    for _ in range(20):
        RewardFactory(program=program, stores=[store])
    with django_assert_max_num_queries(5):
        assert len(offers(program, ana)) == 21


def test_usable_vouchers_are_those_a_sale_in_that_store_would_accept(program, store, ana, bruno, coffee):
    elsewhere = StoreFactory(program=program)
    usable = issue(coffee, ana)
    here = issue(RewardFactory(program=program, stores=[store], voucher_days=5), ana)
    issue(RewardFactory(program=program, stores=[elsewhere]), ana)
    issue(coffee, bruno)
    used, held = issue(coffee, ana), issue(coffee, ana)
    names = {"program": program, "source": "till", "external_id": "s1", "at": SPRING}
    operations.redeem_voucher(code=used.code, **names)
    operations.reserve_voucher(code=held.code, **names)
    found = queries.usable_vouchers(program=program, member_id=ana.pk, at=SPRING, store=store)
    assert set(found) == {usable, here}
    later = queries.usable_vouchers(program=program, member_id=ana.pk, at=SPRING + timedelta(days=6), store=store)
    assert set(later) == {usable, held}


def test_outstanding_vouchers_count_their_uses_left(program, ana, coffee):
    discount = {"program": program, "kind": Reward.Kind.DISCOUNT_AMOUNT}
    issue(coffee, ana)
    twice = issue(RewardFactory(**discount, amount=500, voucher_uses=2), ana)
    short = issue(RewardFactory(**discount, amount=700, voucher_days=1), ana)
    assert queries.voucher_liability(program=program, at=SPRING) == queries.Liability(3, 1700)
    operations.redeem_voucher(program=program, code=twice.code, source="till", external_id="s1", at=SPRING)
    assert queries.voucher_liability(program=program, at=SPRING) == queries.Liability(3, 1200)
    assert queries.voucher_liability(program=program, at=short.expires_at) == queries.Liability(2, 500)


def test_a_reward_for_certain_members_is_within_their_reach_alone(program, ana, bruno):
    RewardFactory(program=program, points_price=1, audience_plans=["plus"])
    Enrolment.objects.filter(member=ana).update(plan="plus")
    for member in (ana, bruno):
        give_points(program, member, 10)
    (hers,) = queries.catalogue(program=program, member_id=ana.pk, at=SPRING)
    (his,) = queries.catalogue(program=program, member_id=bruno.pk, at=SPRING)
    assert hers.is_within_reach
    assert his.refusal.code == "not_for_member"
    with pytest.raises(operations.RedemptionRefused):
        operations.redeem_reward(
            program=program, member_id=bruno.pk, reward=his.reward, source="till", external_id="1", at=SPRING
        )
