"""What the database refuses, whoever writes."""

import pytest
from django.db import IntegrityError, transaction

from loyalty.connectors.models import Cart, Connection, Received, ShopCode
from rewards.operations import issue_voucher
from tests.connectors.conftest import NOW
from tests.factories.rewards import RewardFactory

pytestmark = pytest.mark.django_db


def refused(rows, constraint, **values):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        rows.create(**values)
    return constraint in str(refusal.value) or "UNIQUE" in str(refusal.value)


def test_rows_keep_their_rules(program, ana, connect):
    shop = connect()
    came = {"connection": shop, "delivery_id": "1", "digest": "a", "received_at": NOW, "due_at": NOW}
    Received.objects.create(**came)
    rows = Received.objects
    assert refused(rows, "received_delivery_is_taken_once", **came | {"digest": "b"})
    assert refused(rows, "received_body_is_taken_once", **came | {"delivery_id": "2"})
    other = came | {"delivery_id": "3", "digest": "c"}
    assert refused(rows, "received_has_its_reason", **other | {"state": "waiting"})
    assert refused(rows, "received_is_due_or_settled", **other | {"state": "done"})
    assert refused(rows, "received_is_due_or_settled", **other | {"due_at": None})

    cart = {"connection": shop, "token": "1", "member": ana, "seen_at": NOW}
    Cart.objects.create(**cart)
    assert refused(Cart.objects, "cart_is_known_once", **cart)

    voucher = issue_voucher(program=program, reward=RewardFactory(program=program), member_id=ana.pk, at=NOW)
    code = {"connection": shop, "voucher": voucher, "due_at": NOW, "changed_at": NOW}
    ShopCode.objects.create(**code)
    assert refused(ShopCode.objects, "shop_code_is_made_once", **code)
    another = code | {"voucher": issue_voucher(program=program, reward=voucher.reward, member_id=ana.pk, at=NOW)}
    assert refused(ShopCode.objects, "shop_code_is_due_or_settled", **another | {"state": "live"})

    form = {"program": program, "connector": "typeform", "name": "x", "created_at": NOW, "sends_vouchers": True}
    assert refused(Connection.objects, "connection_sends_vouchers_to_a_shop", **form)
