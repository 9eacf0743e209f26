"""Nothing is stored but what the vendor signed, by its own scheme, for this address; nothing twice."""

import pytest

from loyalty.connectors.models import Received
from loyalty.connectors.signing import is_public_key, rsa_signed
from tests.connectors import samples

pytestmark = pytest.mark.django_db
BODIES = {
    "shopify": samples.order(),
    "woocommerce": samples.WOOCOMMERCE_ORDER,
    "magento": samples.MAGENTO_ORDER,
    "typeform": samples.TYPEFORM,
    "surveymonkey": samples.SURVEYMONKEY,
    "generic": {"id": 1},
}


@pytest.mark.parametrize("connector", BODIES)
def test_a_signed_delivery_is_stored_and_another_is_not(client, connect, connector):
    connection = connect(connector)
    body = samples.as_body(BODIES[connector])
    headers = samples.headers(connector, body)

    def post(body, headers, address=connection.address):
        path = f"/connect/{address}/"
        return client.post(path, body, content_type="application/json", headers=headers).status_code

    assert post(body + b" ", headers) == 400
    assert post(body, {}) == 400
    if connector != "magento":
        assert post(body, samples.headers(connector, body, secret="another")) == 400
    assert Received.objects.count() == 0
    assert post(body, headers) == 200
    assert post(body, headers) == 200
    assert Received.objects.count() == 1
    connection.refresh_from_db()
    assert connection.received_at


def test_addresses_that_do_not_exist_any_more_answer_nothing(client, connect):
    shop = connect(is_active=False)
    body = samples.as_body(samples.order())

    for address in (shop.address, "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"):
        response = client.post(
            f"/connect/{address}/", body, content_type="application/json", headers=samples.headers("shopify", body)
        )
        assert response.status_code == 404
    assert client.get(f"/connect/{shop.address}/").status_code == 405


def test_a_signed_body_that_is_no_json_is_kept_as_refused_where_its_headers_name_it(connect, deliver):
    received = deliver(connect(), b"[1, 2", "orders/paid")

    assert (received.state, received.code) == ("refused", "not_json")
    assert deliver(connect("typeform"), b"[1, 2").status_code == 400
    assert deliver(connect(), b"\xff\xfe", "orders/paid").status_code == 400
    assert deliver(connect(), b'{"a": "\x00"}', "orders/paid").status_code == 400


def test_woocommerce_greets_a_new_address_with_its_number(client, connect):
    shop = connect("woocommerce")

    response = client.post(
        f"/connect/{shop.address}/", "webhook_id=3", content_type="application/x-www-form-urlencoded"
    )

    assert (response.status_code, Received.objects.count()) == (200, 0)


def test_without_a_readable_secret_nothing_is_accepted(client, connect, settings):
    shop = connect()
    body = samples.as_body(samples.order())
    settings.SECRET_KEY = "another key"

    response = client.post(
        f"/connect/{shop.address}/", body, content_type="application/json", headers=samples.headers("shopify", body)
    )

    assert (response.status_code, Received.objects.count()) == (400, 0)


def test_an_rsa_signature_is_right_only_for_its_message_and_its_whole_padding():
    key, message = samples.PUBLIC_KEY, samples.b64encode(b"{}")
    good = samples.signed_rsa(b"{}")

    assert rsa_signed(key, message, good)
    assert not rsa_signed(key, message + b"x", good)
    assert not rsa_signed(key, message, good[:-8])
    assert not rsa_signed(key, message, "é")
    assert not rsa_signed("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", message, good)
    ending = samples.PREFIX + samples.sha256(message).digest()
    short = b"\x00\x01" + b"\xff" * 8 + b"\x00" + ending  # what a careless check would accept
    forged = int.from_bytes(short.ljust(256, b"\x00"), "big")
    signature = pow(forged, samples.PRIVATE_EXPONENT, samples.MODULUS).to_bytes(256, "big")
    assert not rsa_signed(key, message, samples.b64encode(signature).decode())
    assert is_public_key(key)
    assert not is_public_key("nonsense")


def test_the_secret_stands_nowhere_in_the_tables(connect):
    shop = connect(api_url="https://halles.example", token="the token")

    kept = " ".join(str(value) for value in type(shop).objects.values().get().values())
    assert samples.SECRET not in kept
    assert "the token" not in kept
    assert (shop.secret, shop.token) == (samples.SECRET, "the token")
