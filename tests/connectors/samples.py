"""What vendors send, written by hand from the fields that they document; and their signatures."""

import copy
import hmac
import json
from base64 import b64encode
from hashlib import sha256

SECRET = "a secret of the shop"


def order(**changes):
    """Shopify: two coffees and a gift card with 10 % off, delivery, tax on top."""
    sample = {
        "id": 5940139491234,
        "name": "#1001",
        "email": "ana@example.com",
        "phone": None,
        "test": False,
        "created_at": "2026-03-02T10:59:00+01:00",
        "processed_at": "2026-03-02T11:00:00+01:00",
        "currency": "EUR",
        "total_price": "66.75",
        "taxes_included": False,
        "financial_status": "paid",
        "payment_gateway_names": ["shopify_payments"],
        "checkout_token": "bd5a8aa1ecd019dd3520ff791ee3a24c",
        "customer": {"id": 115310627314723954, "email": "ana@example.com", "first_name": "Ana", "last_name": "Almeida"},
        "discount_codes": [{"code": "SPRING", "amount": "2.00", "type": "fixed_amount"}],
        "line_items": [
            {
                "id": 1,
                "sku": "COFFEE-250",
                "quantity": 2,
                "price": "10.00",
                "gift_card": False,
                "discount_allocations": [{"amount": "2.00"}],
                "tax_lines": [{"price": "0.99", "rate": 0.055}],
            },
            {"id": 2, "sku": "CARD-40", "quantity": 1, "price": "40.00", "gift_card": True, "tax_lines": []},
        ],
        "shipping_lines": [{"title": "Colissimo", "price": "7.38", "tax_lines": [{"price": "0.38"}]}],
    }
    return sample | changes


def refund(**changes):
    """Shopify: ten euros of the order go back."""
    sample = {
        "id": 929361464,
        "order_id": 5940139491234,
        "created_at": "2026-03-04T10:00:00+01:00",
        "processed_at": "2026-03-04T10:00:00+01:00",
        "refund_line_items": [{"line_item_id": 1, "quantity": 1, "subtotal": 9.0, "total_tax": 0.5}],
        "transactions": [
            {"id": 1, "kind": "refund", "status": "success", "amount": "10.00", "currency": "EUR", "test": False},
            {"id": 2, "kind": "refund", "status": "failure", "amount": "10.00", "currency": "EUR", "test": False},
        ],
    }
    return sample | changes


def checkout(**changes):
    sample = {
        "id": 450789469,
        "token": "bd5a8aa1ecd019dd3520ff791ee3a24c",
        "email": "ana@example.com",
        "created_at": "2026-03-02T10:40:00+01:00",
        "updated_at": "2026-03-02T10:45:00+01:00",
        "completed_at": None,
        "currency": "EUR",
        "total_price": "66.75",
        "abandoned_checkout_url": "https://halles.example/recover?key=1",
    }
    return sample | changes


WOOCOMMERCE_ORDER = {
    "id": 4750,
    "status": "completed",
    "currency": "EUR",
    "date_created_gmt": "2026-03-02T09:58:00",
    "date_paid_gmt": "2026-03-02T10:00:00",
    "date_modified_gmt": "2026-03-05T10:00:00",
    "total": "43.99",
    "customer_id": 26,
    "payment_method": "stripe",
    "billing": {"first_name": "Ana", "last_name": "Almeida", "email": "ana@example.com", "postcode": "69003"},
    "line_items": [
        {"product_id": 93, "sku": "TEA-100", "quantity": 3, "total": "30.00", "total_tax": "6.00", "price": 10.0}
    ],
    "shipping_lines": [{"total": "6.66", "total_tax": "1.33"}],
    "coupon_lines": [{"code": "spring", "discount": "2.00"}],
    "refunds": [{"id": 726, "reason": "", "total": "-12.00"}],
}

MAGENTO_ORDER = {
    "order": {
        "entity_id": 1042,
        "increment_id": "000000142",
        "state": "processing",
        "created_at": "2026-03-02 10:00:00",
        "customer_id": 7,
        "customer_email": "ana@example.com",
        "order_currency_code": "EUR",
        "grand_total": 59.9,
        "shipping_incl_tax": 4.9,
        "quote_id": 88,
        "coupon_code": None,
        "payment": {"method": "checkmo"},
        "items": [
            {
                "item_id": 1,
                "sku": "MUG-BLUE",
                "product_type": "configurable",
                "qty_ordered": 2.0,
                "row_total_incl_tax": 60.0,
                "discount_amount": 5.0,
            },
            {"item_id": 2, "parent_item_id": 1, "sku": "MUG-BLUE", "qty_ordered": 2.0, "row_total_incl_tax": 0.0},
        ],
    }
}
MAGENTO_MEMO = {
    "creditmemo": {
        "entity_id": 9,
        "order_id": 1042,
        "created_at": "2026-03-04 10:00:00",
        "grand_total": 27.5,
        "order_currency_code": "EUR",
    }
}

TYPEFORM = {
    "event_id": "01HM3K8N2P9X4ABCDEFGHIJKLM",
    "event_type": "form_response",
    "form_response": {
        "form_id": "abc12345",
        "token": "a3a12ec67a1365927098a606107fac15",
        "submitted_at": "2026-03-02T14:30:00Z",
        "hidden": {},
        "answers": [
            {"field": {"id": "1", "type": "email", "ref": "mail"}, "type": "email", "email": "ana@example.com"},
            {"field": {"id": "2", "type": "rating", "ref": "stars"}, "type": "number", "number": 5},
        ],
    },
}

SURVEYMONKEY = {
    "name": "Our webhook",
    "filter_type": "survey",
    "filter_id": "123456789",
    "event_type": "response_completed",
    "event_id": "10027288786",
    "object_type": "response",
    "object_id": "987654321",
    "event_datetime": "2026-03-02T14:30:00.000000+00:00",
    "resources": {"survey_id": "123456789", "collector_id": "111222333", "respondent_id": "444555666"},
}
SURVEYMONKEY_ANSWER = {
    "id": "987654321",
    "date_modified": "2026-03-02T14:29:00+00:00",
    "custom_variables": {},
    "metadata": {"contact": {"email": {"type": "string", "value": "ana@example.com"}}},
}

# A key pair of the tests alone: 2048 bits, private exponent included.
PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAx6u4OnayODbhHNKLW0Yv
Wktx1XNGghZ9azUk+3RixxYtwusrDuS70V0Tw4y7bsUHN5e4lYyVdfEHuLAT5Ryc
fof5rY3wfOWAwobLwmCOKi1gQkGzQQwmS0gtYEJJmruTJhGoO0qhhG380HScWUsn
ucp1enP17lzrsqbY6QkEXEDiJCazfIp6v7IF3NqBpeLcXBhmxof0aVFsEAQRyljD
6SlPYwFP7L+F6D7GKJFjLd1eoDi3nGxGDdcf7jt/EV9ghMuzQL291WC3axZOBIuC
Yu7wjFeEEqeew4iCr/W+a7yLtd26Ra1Tp9D6w/Xl2+tGmczMX5jBniRYq8XbsFff
QwIDAQAB
-----END PUBLIC KEY-----
"""
MODULUS = int(
    "c7abb83a76b23836e11cd28b5b462f5a4b71d5734682167d6b3524fb7462c7162dc2eb2b0ee4bbd15d13c38cbb6ec507"
    "3797b8958c9575f107b8b013e51c9c7e87f9ad8df07ce580c286cbc2608e2a2d604241b3410c264b482d6042499abb93"
    "2611a83b4aa1846dfcd0749c594b27b9ca757a73f5ee5cebb2a6d8e909045c40e22426b37c8a7abfb205dcda81a5e2dc"
    "5c1866c687f469516c100411ca58c3e9294f63014fecbf85e83ec62891632ddd5ea038b79c6c460dd71fee3b7f115f60"
    "84cbb340bdbdd560b76b164e048b8262eef08c578412a79ec38882aff5be6bbc8bb5ddba45ad53a7d0fac3f5e5dbeb46"
    "99cccc5f98c19e2458abc5dbb057df43",
    16,
)
PRIVATE_EXPONENT = int(
    "60d9e591ce33625b145473b80efcfb491421524509255e9d555c40e50bae421d7af2fa39378f319f3b43b3edd698c34f"
    "5de2e530fd311e355ce673da229eff35cce50a0f38608cbe291d5346a4a930c233d7cfa09063c14b70e639b3cd9a1574"
    "29da14bd35d524b46916000a3ab1dec21af762ff4e8261661e9119d3e780caf1fea5750a3da1541f3f51ed9f6cea6ece"
    "94e03bb343fa2d2722b97af1785e0f8b2d0cf1531f7aff5d74187a3deb777e7ac2719fa14e32c3ce6929b07a312380c5"
    "97fca3ee647d473c257b23b60f6ff355af2f1d8695e90b69648da6fe0a54552cb6c3095bc026dfe323a59f88c350327f"
    "f23a55f0d0a59f06dca8675ae552e871",
    16,
)
PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def copied(sample, **changes):
    return copy.deepcopy(sample) | changes


def signed_hmac(body, secret=SECRET, digest="sha256"):
    return b64encode(hmac.digest(secret.encode(), body, digest)).decode()


def signed_rsa(body):
    """As Commerce signs: over the body in base64."""
    ending = PREFIX + sha256(b64encode(body)).digest()
    padded = b"\x00\x01" + b"\xff" * (256 - len(ending) - 3) + b"\x00" + ending
    return b64encode(pow(int.from_bytes(padded, "big"), PRIVATE_EXPONENT, MODULUS).to_bytes(256, "big")).decode()


def headers(connector, body, topic="", delivery="1", secret=SECRET):
    """The headers of a delivery as the vendor sends it."""
    hexed = hmac.digest(secret.encode(), body, "sha256").hex()
    return {
        "shopify": lambda: {
            "X-Shopify-Hmac-Sha256": signed_hmac(body, secret),
            "X-Shopify-Webhook-Id": delivery,
            "X-Shopify-Topic": topic,
        },
        "woocommerce": lambda: {
            "X-WC-Webhook-Signature": signed_hmac(body, secret),
            "X-WC-Webhook-Delivery-ID": delivery,
            "X-WC-Webhook-Topic": topic,
        },
        "magento": lambda: {"X-Adobe-Commerce-Webhook-Signature": signed_rsa(body)},
        "typeform": lambda: {"Typeform-Signature": f"sha256={signed_hmac(body, secret)}"},
        "surveymonkey": lambda: {"Sm-Signature": signed_hmac(body, secret, "sha1")},
        "generic": lambda: {"X-Signature": f"sha256={hexed}", "X-Delivery-Id": delivery},
    }[connector]()


def as_body(payload):
    return json.dumps(payload).encode()
