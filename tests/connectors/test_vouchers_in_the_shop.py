"""Members' vouchers are discount codes of a connected shop: made once, and taken away when they were used elsewhere."""

from datetime import timedelta

import pytest

from loyalty.connectors.models import ShopCode
from loyalty.connectors.operations import check, follow_vouchers, send_codes
from rewards.operations import issue_voucher, redeem_voucher
from tests.connectors.conftest import NOW
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db
State = ShopCode.State


@pytest.fixture
def voucher(program, ana):
    def voucher(**reward):
        values = {"kind": "discount_amount", "amount": 500, "product": ""} | reward
        return issue_voucher(program=program, reward=RewardFactory(program=program, **values), member_id=ana.pk, at=NOW)

    return voucher


@pytest.fixture
def shop(connect, listener):
    def shop(connector):
        return connect(connector, api_url=listener.url, api_user="ck", token="t", sends_vouchers=True)

    return shop


def codes():
    return list(ShopCode.objects.order_by("pk").values_list("state", "remote_id", "code"))


def work(at=NOW):
    follow_vouchers(at=at)
    return send_codes(at=at)


def shopify(request):
    created = {"codeDiscountNode": {"id": "gid://1"}, "userErrors": []}
    return 200, {"data": {"discountCodeBasicCreate": created}}


def test_a_new_voucher_becomes_a_code_of_the_shop_once(shop, voucher, listener):
    shop("shopify")
    mine = voucher(minimum_basket=2000)
    listener.answer = shopify

    assert (work(), work()) == (1, 0)

    (request,) = listener.requests
    discount = request.json["variables"]["discount"]
    assert request.headers["x-shopify-access-token"] == "t"
    assert (discount["code"], discount["usageLimit"]) == (mine.code, 1)
    assert discount["customerGets"]["value"]["discountAmount"]["amount"] == "5.00"
    assert discount["minimumRequirement"]["subtotal"]["greaterThanOrEqualToSubtotal"] == "20.00"
    assert codes() == [(State.LIVE, "gid://1", "")]


def test_what_a_shop_would_not_understand_is_not_sent(shop, voucher):
    shop("shopify")
    voucher(kind="free_product", product="COFFEE", amount=None)
    voucher(categories=["wine"])

    assert (work(), codes()) == (0, [])


def test_a_code_that_an_earlier_try_made_counts_as_made(shop, voucher, listener):
    shop("shopify")
    voucher()

    def taken(request):
        if "codeDiscountNodeByCode" in request.json["query"]:
            return 200, {"data": {"codeDiscountNodeByCode": {"id": "gid://1"}}}
        return 200, {"data": {"discountCodeBasicCreate": {"userErrors": [{"code": "TAKEN"}]}}}

    listener.answer = taken
    work()

    assert codes() == [(State.LIVE, "gid://1", "")]


def test_a_shop_that_is_away_is_asked_again_and_one_that_refuses_is_shown(shop, voucher, listener):
    shop("shopify")
    voucher()
    listener.answer = lambda request: 503
    work()
    code = ShopCode.objects.get()
    assert (code.state, code.code, code.attempts, code.due_at) == (State.WAITING, "busy", 1, NOW + timedelta(minutes=1))

    listener.answer = lambda request: (403, {"errors": "no scope"})
    assert (work(NOW), work(code.due_at)) == (0, 1)

    assert codes() == [(State.FAILED, "", "403")]


def test_a_voucher_used_at_the_till_is_taken_away_from_woocommerce(program, shop, voucher, listener):
    shop("woocommerce")
    mine = voucher(kind="discount_percent", percent=10, amount=None)
    listener.answer = lambda request: (201, {"id": 719})
    work()
    created = listener.requests[0]
    assert created.path == "/wp-json/wc/v3/coupons"
    assert created.headers["authorization"] == "Basic Y2s6dA=="
    assert (created.json["discount_type"], created.json["amount"]) == ("percent", "10.00")

    redeem_voucher(program=program, code=mine.code, source="till", external_id="1", amount=9900, at=NOW, trusted=True)
    work()

    assert listener.paths()[1:] == ["DELETE /wp-json/wc/v3/coupons/719?force=true"]
    assert codes() == [(State.ENDED, "719", "")]


def test_magento_gets_a_rule_and_its_coupon(shop, voucher, listener):
    shop("magento")
    mine = voucher()
    answers = {"GET": {"items": []}, "/rest/V1/salesRules": {"rule_id": 5}, "/rest/V1/coupons": {"coupon_id": 8}}
    listener.answer = lambda request: (200, answers.get(request.method) or answers[request.path])

    work()

    assert [request.path.partition("?")[0] for request in listener.requests] == [
        "/rest/V1/coupons/search",
        "/rest/V1/salesRules",
        "/rest/V1/coupons",
    ]
    assert listener.requests[2].json["coupon"]["code"] == mine.code
    assert codes() == [(State.LIVE, "5", "")]


def test_the_test_of_a_connection_says_what_works(shop, listener):
    listener.answer = lambda request: (200, {"data": {"shop": {"name": "Les Halles en ligne"}}})

    answers = check(connection=shop("shopify"), at=NOW)

    assert [answer.is_good for answer in answers] == [True, False, True]
    assert "Les Halles en ligne" in answers[2].text
    listener.answer = lambda request: 401
    assert [answer.is_good for answer in check(connection=shop("woocommerce"), at=NOW)] == [True, False, False]
