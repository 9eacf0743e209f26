"""What is worth money on the member's pages: rewards, vouchers, codes. Once per form, and one's own only."""

import pytest

from loyalty.ledger import queries as ledger
from loyalty.lib import codes
from rewards.models import Redemption, Voucher
from rewards.operations import issue_voucher, redeem_reward
from tests.factories.challenges import CodeBatchFactory, codes_of
from tests.factories.programs import ProgramFactory
from tests.factories.rewards import SPRING, RewardFactory, give_points

pytestmark = pytest.mark.django_db


def balance(program, member):
    return ledger.balance(program=program, member_id=member.pk, at=SPRING).available


def test_a_reward_is_chosen_confirmed_and_shown_with_its_code(program, ana, coffee, ana_at_home):
    give_points(program, ana, 250)
    assert f"/rewards/{coffee.pk}/" in ana_at_home.get("rewards/").content.decode()
    ana_at_home.get(f"rewards/{coffee.pk}/")
    response = ana_at_home.post(f"rewards/{coffee.pk}/", {"key": ana_at_home.key})
    voucher = Voucher.objects.get(member=ana)
    html = ana_at_home.get(response.headers["location"]).content.decode()
    assert voucher.code in html
    assert voucher.code in ana_at_home.get("vouchers/").content.decode()
    assert balance(program, ana) == 150


def test_a_double_click_and_a_reload_redeem_once(program, ana, coffee, ana_at_home):
    give_points(program, ana, 250)
    ana_at_home.get(f"rewards/{coffee.pk}/")
    key = ana_at_home.key
    first, second = (ana_at_home.post(f"rewards/{coffee.pk}/", {"key": key}) for _time in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert Redemption.objects.count() == 1
    ana_at_home.get(f"rewards/{coffee.pk}/")
    ana_at_home.post(f"rewards/{coffee.pk}/", {"key": ana_at_home.key})
    assert Redemption.objects.count() == 2


def test_who_has_too_few_points_is_told_and_keeps_them(program, ana, coffee, ana_at_home):
    give_points(program, ana, 60)
    assert "Il manque 40 points" in ana_at_home.get("rewards/").content.decode().replace("\xa0", " ")
    response = ana_at_home.post(f"rewards/{coffee.pk}/")
    assert response.status_code == 409
    assert 'role="alert"' in ana_at_home.html
    assert not Redemption.objects.exists()


def test_a_key_that_was_used_for_something_else_is_refused_and_a_lost_one_replaced(program, ana, coffee, ana_at_home):
    give_points(program, ana, 500)
    tea = RewardFactory(program=program)
    ana_at_home.get(f"rewards/{coffee.pk}/")
    key = ana_at_home.key
    assert ana_at_home.post(f"rewards/{coffee.pk}/", {"key": key}).status_code == 302
    assert ana_at_home.post(f"rewards/{tea.pk}/", {"key": key}).status_code == 409
    assert ana_at_home.post(f"rewards/{tea.pk}/", {"key": "<made up>"}).status_code == 302


def test_what_is_not_ones_own_is_not_there(program, ana, bruno, coffee, ana_at_home):
    give_points(program, bruno, 100)
    redeemed = redeem_reward(
        program=program, member_id=bruno.pk, reward=coffee, source="till", external_id="1", at=SPRING
    )
    mine = issue_voucher(program=program, reward=coffee, member_id=ana.pk, at=SPRING)
    assert ana_at_home.get(f"redeemed/{redeemed.redemption.pk}/").status_code == 404
    html = ana_at_home.get("vouchers/").content.decode()
    assert mine.code in html
    assert redeemed.vouchers[0].code not in html
    foreign = RewardFactory(program=ProgramFactory())
    given_only = RewardFactory(program=program, points_price=None)
    for reward in (foreign, given_only):
        assert ana_at_home.get(f"rewards/{reward.pk}/").status_code == 404
        assert ana_at_home.post(f"rewards/{reward.pk}/").status_code == 404


def test_a_code_is_entered_once_and_says_what_it_gave(program, ana, ana_at_home):
    code = codes_of(CodeBatchFactory(program=program, points=30))[0]
    ana_at_home.get("enter-code/")
    key = ana_at_home.key
    for _time in range(2):
        assert ana_at_home.post("enter-code/", {"code": code, "key": key}).status_code == 200
        assert "30 points" in ana_at_home.html.replace("\xa0", " ")
    again = ana_at_home.post("enter-code/", {"code": code})
    assert again.status_code == 422
    assert code in ana_at_home.html
    account = ana.accounts.get()
    assert account.available == 30


def test_an_unknown_code_says_so_and_stays_typed(program, ana_at_home):
    [made_up] = codes.generate(1, length=11)
    assert ana_at_home.post("enter-code/", {"code": made_up}).status_code == 404
    CodeBatchFactory(program=program)
    assert ana_at_home.post("enter-code/", {"code": made_up}).status_code == 422
    assert made_up in ana_at_home.html
    assert ana_at_home.post("enter-code/", {"code": ""}).status_code == 422


def test_several_of_a_reward_at_once(program, ana, coffee, ana_at_home):
    give_points(program, ana, 250)
    ana_at_home.get(f"rewards/{coffee.pk}/")
    for wrong in ["0", "21", "trois", ""]:
        assert ana_at_home.post(f"rewards/{coffee.pk}/", {"key": ana_at_home.key, "quantity": wrong}).status_code == 422
    refused = ana_at_home.post(f"rewards/{coffee.pk}/", {"key": ana_at_home.key, "quantity": "3"})
    assert refused.status_code == 409
    assert 'value="3"' in ana_at_home.html

    response = ana_at_home.post(f"rewards/{coffee.pk}/", {"key": ana_at_home.key, "quantity": "2"})

    assert ana_at_home.get(response.headers["location"]).content.decode().count(coffee.name_fr) >= 2
    assert Voucher.objects.filter(member=ana).count() == 2


def test_guesses_are_counted_until_tomorrow(program, ana_at_home):
    right = codes_of(CodeBatchFactory(program=program))[0]
    for guess in codes.generate(10, length=11):
        ana_at_home.post("enter-code/", {"code": guess})

    assert ana_at_home.post("enter-code/", {"code": right}).status_code == 422
    assert "demain" in ana_at_home.html
