"""Coupons by the REST API; the token is that of an integration with the right to cart price rules.

A coupon hangs on a rule of its own, made first. A try that was cut short between the two leaves a rule without a
coupon, which discounts nothing; the next try makes another.
"""

from loyalty.connectors.facts import Ask, Discount, Refusal
from loyalty.connectors.reading import find

RULES, COUPONS = "/rest/V1/salesRules", "/rest/V1/coupons"
BY_CODE = (
    f"{COUPONS}/search?searchCriteria[filterGroups][0][filters][0][field]=code"
    "&searchCriteria[filterGroups][0][filters][0][value]="
)
EVERY_GROUP = [0, 1, 2, 3]  # guests and the three groups that every shop has


def headers(user: str, token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def check(ask: Ask) -> str:
    return str(find(ask("GET", "/rest/V1/store/websites"), "0.name") or "")


def create(ask: Ask, discount: Discount) -> str:
    """The rule of the coupon. One that is there already was made by an earlier try."""
    if known := find(ask("GET", BY_CODE + discount.code), "items.0.rule_id"):
        return str(known)
    rule = find(ask("POST", RULES, {"rule": _rule(discount)}), "rule_id")
    coupon = {"rule_id": rule, "code": discount.code, "usage_limit": discount.uses, "is_primary": True, "type": 0}
    ask("POST", COUPONS, {"coupon": coupon})
    return str(rule)


def remove(ask: Ask, remote_id: str) -> None:
    """With its rule. Gone already is as good."""
    try:
        ask("DELETE", f"{RULES}/{remote_id}")
    except Refusal as refusal:
        if refusal.code != "404":
            raise


def _rule(discount: Discount) -> dict:
    rule = {
        "name": discount.code,
        "website_ids": [1],
        "customer_group_ids": EVERY_GROUP,
        "is_active": True,
        "coupon_type": "SPECIFIC_COUPON",
        "simple_action": "by_percent" if discount.percent else "cart_fixed",
        "discount_amount": float(discount.percent or discount.amount or 0),  # the API's own type
        "uses_per_coupon": discount.uses,
        "stop_rules_processing": False,
    }
    if discount.ends_at:
        rule["to_date"] = f"{discount.ends_at:%Y-%m-%d}"
    if discount.minimum:
        total = {"condition_type": "Magento\\SalesRule\\Model\\Rule\\Condition\\Address", "operator": ">="}
        total |= {"attribute_name": "base_subtotal", "value": str(discount.minimum)}
        combined = {"condition_type": "Magento\\SalesRule\\Model\\Rule\\Condition\\Combine", "value": "1"}
        rule["condition"] = combined | {"aggregator_type": "all", "conditions": [total]}
    return rule
