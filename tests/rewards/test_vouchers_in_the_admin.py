"""Support reads vouchers and redemptions and undoes them with a reason; codes are for whoever may read them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty.ledger import queries as ledger
from rewards import operations
from rewards.models import Issuance, Redemption, Voucher
from tests.factories.rewards import BurnRuleFactory, IssuanceRuleFactory, RewardFactory, give_points

pytestmark = pytest.mark.django_db
VOUCHERS = reverse("admin:rewards_voucher_changelist")


def page_of(row):
    return reverse(f"admin:rewards_{row._meta.model_name}_change", args=[row.pk])


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def redeemed(program, store, ana, coffee):
    now = timezone.now()
    give_points(program, ana, 350, at=now)
    return operations.redeem_reward(
        program=program, member_id=ana.pk, reward=coffee, source="till", external_id="r1", store=store, at=now
    )


@pytest.fixture
def voucher(redeemed):
    return redeemed.vouchers[0]


def test_a_code_is_shown_to_who_may_read_it_and_hidden_from_the_others(as_role, voucher):
    for address in (VOUCHERS, page_of(voucher)):
        assert voucher.code in text_of(as_role("support").get(address))
        hidden = text_of(as_role("marketing").get(address))
        assert voucher.code not in hidden
        assert f"…{voucher.code[-4:]}" in hidden


def test_no_other_page_shows_a_code(client, administrator, redeemed, voucher):
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert voucher.code not in text_of(client.get(page_of(redeemed.redemption)))


def test_a_voucher_is_found_by_its_code_and_by_its_member(as_role, program, coffee, bruno, voucher, ana):
    other = operations.issue_voucher(program=program, reward=coffee, member_id=bruno.pk, at=timezone.now())
    support = as_role("support")
    for typed in (voucher.code, voucher.code.lower(), "Almeida", ana.number):
        found = text_of(support.get(VOUCHERS, {"q": typed}))
        assert voucher.code in found
        assert other.code not in found


def test_a_voucher_past_its_end_is_shown_as_expired(as_role, program, ana, voucher):
    reward = RewardFactory(program=program, voucher_days=1)
    long_ago = timezone.now() - timedelta(days=30)
    old = operations.issue_voucher(program=program, reward=reward, member_id=ana.pk, at=long_ago)
    support = as_role("support")
    expired = text_of(support.get(VOUCHERS, {"state": "expired"}))
    assert old.code in expired
    assert voucher.code not in expired
    assert old.code not in text_of(support.get(VOUCHERS, {"state": "unused"}))


def test_support_withdraws_a_voucher_with_a_reason(as_role, voucher):
    support = as_role("support")
    address = f"/admin/rewards/voucher/{voucher.pk}/withdraw/"
    assert "reason" in support.post(address, {"reason": ""}).context["form"].errors
    support.post(address, {"reason": "lost in the post"})
    voucher.refresh_from_db()
    assert (voucher.state, voucher.withdrawn_reason) == (Voucher.State.WITHDRAWN, "lost in the post")
    assert voucher.withdrawn_by == support.user


def test_who_may_only_look_withdraws_nothing(as_role, voucher):
    response = as_role("marketing").post(f"/admin/rewards/voucher/{voucher.pk}/withdraw/", {"reason": "x"})
    assert response.status_code == 403
    voucher.refresh_from_db()
    assert voucher.state == Voucher.State.UNUSED


def roll_back(browser, redemption):
    address = f"/admin/rewards/redemption/{redemption.pk}/roll-back/"
    return browser.post(address, {"reason": "wrong article"}, follow=True)


def test_support_rolls_a_redemption_back(as_role, program, ana, redeemed):
    page = roll_back(as_role("support"), redeemed.redemption)
    assert "back where they came from" in text_of(page)
    assert ledger.balance(program=program, member_id=ana.pk, at=timezone.now()).available == 350


def test_a_used_voucher_is_named_as_the_reason_against_it(as_role, program, ana, redeemed, voucher):
    operations.redeem_voucher(program=program, code=voucher.code, source="till", external_id="s1", at=timezone.now())
    page = roll_back(as_role("support"), redeemed.redemption)
    assert "cannot be taken back" in text_of(page)
    assert Redemption.objects.get().state == Redemption.State.DONE


def test_a_store_manager_rolls_back_what_happened_in_the_own_store(as_role, program, store, redeemed, ana, coffee):
    elsewhere = operations.redeem_reward(
        program=program, member_id=ana.pk, reward=coffee, source="web", external_id="r2", at=timezone.now()
    )
    manager = as_role("store manager", stores=[store])
    assert roll_back(manager, elsewhere.redemption).status_code == 404
    roll_back(manager, redeemed.redemption)
    assert set(Redemption.objects.values_list("source", "state")) == {("till", "rolled_back"), ("web", "done")}


def test_a_payment_at_the_till_is_listed_with_what_it_paid(as_role, program, ana):
    BurnRuleFactory(program=program)
    give_points(program, ana, 350, at=timezone.now())
    payment = operations.pay_with_points(
        program=program, member_id=ana.pk, amount=1200, source="till", external_id="s1", at=timezone.now()
    )
    support = as_role("support")
    assert "€10.00 paid at the till" in text_of(support.get(reverse("admin:rewards_redemption_changelist")))
    assert "€10.00 paid at the till" in text_of(support.get(page_of(payment.redemption)))


def test_issuances_are_listed_with_their_worth(as_role, program, ana):
    IssuanceRuleFactory(program=program)
    first = timezone.now().astimezone(program.tzinfo).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    give_points(program, ana, 350, at=first - timedelta(days=1))
    operations.issue_month(program=program, at=first, first_member=0, last_member=10**9)
    support = as_role("support")
    for address in (reverse("admin:rewards_issuance_changelist"), page_of(Issuance.objects.get())):
        page = text_of(support.get(address))
        assert "€15.00" in page
        assert Voucher.objects.get().code not in page


@pytest.mark.parametrize("model", ["voucher", "redemption", "issuance"])
def test_what_came_of_points_is_neither_added_nor_deleted_by_hand(client, administrator, redeemed, model):
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/admin/rewards/{model}/add/").status_code == 403
    for row in {"voucher": Voucher, "redemption": Redemption, "issuance": Issuance}[model].objects.all():
        assert client.post(f"/admin/rewards/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
