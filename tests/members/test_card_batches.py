"""Cards made ahead: generated, printed, shipped; what is left of a lost parcel is blocked."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from loyalty.lib import codes
from members import operations
from members.models import Card, CardBatch
from tests.factories.programs import StoreFactory

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


def generate(program, quantity=3, by=None):
    return operations.generate_batch(program=program, quantity=quantity, at=AT, by=by)


def test_ten_thousand_cards_each_with_a_number_of_its_own(program, django_assert_max_num_queries, administrator):
    with django_assert_max_num_queries(15):
        batch = generate(program, 10_000, by=administrator)
    numbers = set(batch.cards.values_list("number", flat=True))
    assert len(numbers) == 10_000
    assert all(codes.is_valid(number) for number in list(numbers)[:100])
    assert batch.cards.ready().count() == 10_000
    assert batch.by == administrator


@pytest.mark.parametrize("quantity", [0, -1, 100_001])
def test_a_batch_of_nothing_or_too_much_is_refused_at_its_field(program, quantity):
    with pytest.raises(ValidationError) as refused:
        generate(program, quantity)
    assert "quantity" in refused.value.message_dict
    assert not Card.objects.exists()


def test_a_batch_goes_step_by_step(store):
    batch = generate(store.program)
    with pytest.raises(operations.BatchRefused):
        operations.ship_batch(batch=batch, store=store, at=AT, by=None)
    printed = operations.mark_printed(batch=batch, at=AT, by=None)
    assert (printed.state, printed.printed_at) == (CardBatch.State.PRINTED, AT)
    with pytest.raises(operations.BatchRefused):
        operations.mark_printed(batch=batch, at=AT, by=None)
    shipped = operations.ship_batch(batch=batch, store=store, at=AT, by=None)
    assert (shipped.state, shipped.store, shipped.shipped_at) == (CardBatch.State.SHIPPED, store, AT)


def test_cards_go_to_an_open_store_of_their_program(store):
    batch = operations.mark_printed(batch=generate(store.program), at=AT, by=None)
    for wrong in (StoreFactory(), StoreFactory(program=store.program, is_active=False)):
        with pytest.raises(operations.BatchRefused) as refused:
            operations.ship_batch(batch=batch, store=wrong, at=AT, by=None)
        assert refused.value.code == "store_foreign"


def test_a_lost_parcel_is_blocked_except_for_cards_already_carried(store, ana):
    batch = operations.mark_printed(batch=generate(store.program), at=AT, by=None)
    carried = operations.activate_card(card=batch.cards.first(), member=ana, at=AT, by=None)
    assert operations.block_batch(batch=batch, reason="parcel lost", at=AT, by=None) == 2
    assert list(batch.cards.active()) == [carried]
    assert set(batch.cards.exclude(pk=carried.pk).values_list("state", "blocked_reason")) == {
        ("blocked", "parcel lost")
    }
