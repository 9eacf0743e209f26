"""Discount codes by the GraphQL Admin API; the token is that of an app with `write_discounts`."""

from loyalty.connectors.facts import Ask, Discount, Refusal
from loyalty.connectors.reading import find

PATH = "/admin/api/2026-01/graphql.json"
HEADER = "X-Shopify-Access-Token"
SHOP = "{ shop { name } }"
CREATE = """mutation ($discount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $discount) { codeDiscountNode { id } userErrors { code message } } }"""
FIND = "query ($code: String!) { codeDiscountNodeByCode(code: $code) { id } }"
REMOVE = "mutation ($id: ID!) { discountCodeDelete(id: $id) { deletedCodeDiscountId userErrors { code message } } }"


def headers(user: str, token: str) -> dict[str, str]:
    return {HEADER: token}


def check(ask: Ask) -> str:
    return find(_asked(ask, SHOP, {}), "shop.name") or ""


def create(ask: Ask, discount: Discount) -> str:
    """The shop's name for the code. One that is there already was made by an earlier try."""
    answer = find(_asked(ask, CREATE, {"discount": _input(discount)}), "discountCodeBasicCreate") or {}
    errors = [str(error.get("code") or "refused") for error in answer.get("userErrors") or []]
    if "TAKEN" in errors:
        return find(_asked(ask, FIND, {"code": discount.code}), "codeDiscountNodeByCode.id") or ""
    if errors:
        raise Refusal(errors[0])
    return find(answer, "codeDiscountNode.id") or ""


def remove(ask: Ask, remote_id: str) -> None:
    """Gone already is as good."""
    _asked(ask, REMOVE, {"id": remote_id})


def _asked(ask: Ask, query: str, variables: dict) -> object:
    answer = ask("POST", PATH, {"query": query, "variables": variables})
    if errors := find(answer, "errors"):
        raise Refusal(str(find(errors, "0.extensions.code") or "refused"))
    return find(answer, "data")


def _input(discount: Discount) -> dict:
    value = (
        {"percentage": float(discount.percent / 100)}  # the API's own type
        if discount.percent
        else {"discountAmount": {"amount": str(discount.amount), "appliesOnEachItem": False}}
    )
    given = {
        "title": discount.code,
        "code": discount.code,
        "startsAt": discount.starts_at.isoformat(),
        "endsAt": discount.ends_at.isoformat() if discount.ends_at else None,
        "usageLimit": discount.uses,
        "customerSelection": {"all": True},
        "customerGets": {"value": value, "items": {"all": True}},
    }
    if discount.minimum:
        given["minimumRequirement"] = {"subtotal": {"greaterThanOrEqualToSubtotal": str(discount.minimum)}}
    return given
