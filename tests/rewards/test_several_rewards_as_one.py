"""A reward that gives several vouchers at once, and one that is exchanged for one of several."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from rewards import operations, queries
from rewards.models import Reward, RewardItem, Voucher
from rewards.operations import Grant, RewardsError, VoucherRefused
from tests.factories.rewards import SPRING, RewardFactory, give_points
from tests.racing import at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def five_off(program):
    return RewardFactory(program=program, code="five-off", kind="discount_amount", amount=500, voucher_days=10)


def of_parts(program, kind, *items, **terms):
    terms = {"name_en": kind, "name_fr": kind, "points_price": 100} | terms
    return operations.add_reward(program=program, code=kind, kind=kind, items=items, at=SPRING, **terms)


@pytest.fixture
def hamper(program, coffee, five_off):
    return of_parts(program, "bundle", coffee, (five_off, 2))


@pytest.fixture
def either(program, coffee, five_off):
    return of_parts(program, "choice", coffee, (five_off, 2))


def give(reward, member):
    return operations.issue_voucher(program=reward.program, reward=reward, member_id=member.pk, at=SPRING)


def buy(reward, member, external_id="r1"):
    give_points(reward.program, member, 100)
    return operations.redeem_reward(
        program=reward.program, member_id=member.pk, reward=reward, source="till", external_id=external_id, at=SPRING
    )


def shown(member, at=SPRING):
    rows = queries.vouchers_of(program=member.enrolments.get().program, member_id=member.pk, at=at)
    return sorted((row["reward"], row["state"]) for row in rows)


def use(voucher):
    return operations.redeem_voucher(
        program=voucher.program, code=voucher.code, source="till", external_id="s1", at=SPRING, trusted=True
    )


def test_a_bundle_gives_all_its_parts(hamper, ana):
    redeemed, again = buy(hamper, ana), buy(hamper, ana)
    assert [voucher.reward.code for voucher in redeemed.vouchers] == ["coffee", "five-off", "five-off"]
    assert again.replayed
    assert again.vouchers == redeemed.vouchers
    assert shown(ana) == [("coffee", "unused"), ("five-off", "unused"), ("five-off", "unused")]
    assert [voucher.value for voucher in redeemed.vouchers] == [None, 500, 500]
    use(redeemed.vouchers[0])


def test_a_bundle_that_is_granted_is_granted_once(hamper, ana, bruno, django_assert_max_num_queries):
    grants = [Grant(ana.pk, "a"), Grant(bruno.pk, "b")]
    options = {"program": hamper.program, "reward": hamper, "grants": grants, "source": "tier", "at": SPRING}
    with django_assert_max_num_queries(20):
        operations.grant_rewards(**options)
    operations.grant_rewards(**options)
    assert len(shown(ana)) == len(shown(bruno)) == 3


def test_the_voucher_of_the_bundle_itself_buys_nothing(hamper, ana):
    with pytest.raises(VoucherRefused) as refused:
        use(give(hamper, ana))
    assert str(refused.value) == "This voucher was exchanged before."


def test_a_grant_that_is_undone_takes_the_unused_parts_back(hamper, ana):
    operations.grant_reward(
        program=hamper.program, reward=hamper, member_id=ana.pk, source="tier", reference="a", at=SPRING
    )
    use(Voucher.objects.get(reward__code="coffee"))
    operations.withdraw_granted(program=hamper.program, source="tier", references=["a"], at=SPRING)
    assert shown(ana) == [("coffee", "used"), ("five-off", "withdrawn"), ("five-off", "withdrawn")]


def test_a_bundle_that_was_bought_is_rolled_back_as_a_whole_or_not(hamper, ana, bruno):
    untouched, begun = buy(hamper, ana), buy(hamper, bruno, "r2")
    use(begun.vouchers[0])
    operations.roll_back_redemption(redemption=untouched.redemption, reason="x", at=SPRING)
    assert {state for _reward, state in shown(ana)} == {"withdrawn"}
    with pytest.raises(RewardsError):
        operations.roll_back_redemption(redemption=begun.redemption, reason="x", at=SPRING)
    assert ("five-off", "unused") in shown(bruno)


def test_a_choice_is_exchanged_for_one_of_its_rewards(either, five_off, coffee, ana):
    voucher = give(either, ana)
    with pytest.raises(VoucherRefused) as refused:
        use(voucher)
    assert refused.value.code == "choose_first"
    later = SPRING + 30 * DAY
    chosen = operations.choose(voucher=voucher, reward=five_off, at=later)
    assert [each.value for each in chosen] == [500, 500]
    assert chosen[0].expires_at > later + 9 * DAY  # from the choice, not from the gift
    assert operations.choose(voucher=voucher, reward=five_off, at=later) == chosen
    with pytest.raises(VoucherRefused):
        operations.choose(voucher=voucher, reward=coffee, at=later)
    assert shown(ana, later) == [("five-off", "unused")] * 2


def test_what_cannot_be_chosen(either, program, coffee, ana, five_off):
    Reward.objects.filter(pk=five_off.pk).update(stock=1)
    voucher = give(either, ana)
    for wrong, code in ((RewardFactory(program=program), "not_a_part"), (five_off, "out_of_stock")):
        with pytest.raises(RewardsError) as refused:
            operations.choose(voucher=voucher, reward=wrong, at=SPRING)
        assert refused.value.code == code
    with pytest.raises(VoucherRefused):
        operations.choose(voucher=give(coffee, ana), reward=coffee, at=SPRING)
    operations.withdraw_voucher(voucher=voucher, reason="x", at=SPRING)
    with pytest.raises(VoucherRefused):
        operations.choose(voucher=voucher, reward=coffee, at=SPRING)


def test_parts_that_make_no_sense(program, coffee, hamper):
    cinema = RewardFactory(program=program, kind="partner", partner_name="Lumière")
    nonsense = [
        ("bundle", ()),
        ("choice", (coffee,)),
        ("choice", (coffee, coffee)),
        ("choice", (coffee, hamper)),
        ("bundle", (cinema,)),
        ("bundle", (RewardFactory(),)),
        ("bundle", ((coffee, 0),)),
    ]
    for kind, items in nonsense:
        with pytest.raises(ValidationError):
            operations.add_reward(
                program=program, code="x", name_en="x", name_fr="x", kind=kind, items=items, at=SPRING
            )
    assert not Reward.objects.filter(code="x").exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_choices_at_once_have_one_winner(either, coffee, five_off, ana):
    voucher = give(either, ana)
    results = at_once(
        lambda number: operations.choose(voucher=voucher, reward=(coffee, five_off)[number % 2], at=SPRING), range(6)
    )
    assert len({row[0] for row in shown(ana)}) == 1
    assert any(isinstance(result, VoucherRefused) for result in results)


# In the admin


def filled_in(program, kind, *items):
    form = {
        "program": program.pk,
        "code": "hamper",
        "name_en": "Hamper",
        "name_fr": "Panier garni",
        "kind": kind,
        "voucher_uses": "1",
        "is_active": "on",
        "items-TOTAL_FORMS": str(len(items)),
        "items-INITIAL_FORMS": "0",
    }
    for number, item in enumerate(items):
        form |= {f"items-{number}-item": item.pk, f"items-{number}-quantity": "2"}
    return form


ADD = reverse("admin:rewards_reward_add")


def test_marketing_makes_a_bundle(as_role, program, coffee, five_off):
    browser = as_role("marketing")
    assert browser.post(ADD, filled_in(program, "bundle", coffee, five_off)).status_code == 302
    hamper = Reward.objects.get(code="hamper")
    assert [(part.item.code, part.quantity) for part in hamper.items.all()] == [("coffee", 2), ("five-off", 2)]
    page = browser.get(reverse("admin:rewards_reward_changelist")).content.decode()
    assert "Several at once: 2 × Coffee" in page


@pytest.mark.parametrize("kind", ["bundle", "choice", "experience"])
def test_wrong_parts_are_answered_at_the_form(as_role, program, coffee, kind):
    items = [coffee] if kind != "bundle" else []
    page = as_role("marketing").post(ADD, filled_in(program, kind, *items))
    assert page.status_code == 200
    assert not RewardItem.objects.exists()


def test_parts_that_somebody_has_stay(as_role, hamper, ana):
    give(hamper, ana)
    page = as_role("marketing").get(reverse("admin:rewards_reward_change", args=[hamper.pk])).content.decode()
    assert 'name="items-0-quantity"' not in page
