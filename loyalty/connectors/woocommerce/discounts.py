"""Coupons by the REST API, version 3; user and token are a consumer key and its secret that may write."""

from base64 import b64encode

from loyalty.connectors.facts import Ask, Discount, Refusal
from loyalty.connectors.reading import find

PATH = "/wp-json/wc/v3/coupons"
TAKEN = "woocommerce_rest_coupon_code_already_exists"


def headers(user: str, token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{token}".encode()).decode()}


def check(ask: Ask) -> str:
    return "wc/v3" if isinstance(ask("GET", f"{PATH}?per_page=1"), list) else ""


def create(ask: Ask, discount: Discount) -> str:
    """The shop's name for the code. One that is there already was made by an earlier try."""
    try:
        return str(find(ask("POST", PATH, _coupon(discount)), "id") or "")
    except Refusal as refusal:
        if refusal.code != TAKEN:
            raise
    return str(find(ask("GET", f"{PATH}?code={discount.code}"), "0.id") or "")


def remove(ask: Ask, remote_id: str) -> None:
    """Gone already is as good."""
    try:
        ask("DELETE", f"{PATH}/{remote_id}?force=true")
    except Refusal as refusal:
        if refusal.code != "woocommerce_rest_shop_coupon_invalid_id":
            raise


def _coupon(discount: Discount) -> dict:
    coupon = {
        "code": discount.code,
        "discount_type": "percent" if discount.percent else "fixed_cart",
        "amount": str(discount.percent or discount.amount),
        "usage_limit": discount.uses,
        "individual_use": False,
    }
    if discount.minimum:
        coupon["minimum_amount"] = str(discount.minimum)
    if discount.ends_at:
        coupon["date_expires_gmt"] = f"{discount.ends_at:%Y-%m-%dT%H:%M:%S}"
    return coupon
