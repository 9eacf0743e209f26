"""Cards at the desk: found, handed over, blocked, replaced; batches made, listed, printed, shipped."""

import csv
import io

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from members import operations
from members.models import Card, CardBatch
from tests.factories.members import LONG_AGO, CardFactory
from tests.factories.programs import ProgramFactory, StoreFactory, UserFactory

BATCHES = reverse("admin:members_cardbatch_changelist")


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def batch(program):
    return operations.generate_batch(program=program, quantity=3, at=LONG_AGO, by=None)


def card_page(card, action="change"):
    return reverse(f"admin:members_card_{action}", args=[card.pk])


def batch_page(batch, action="change"):
    return reverse(f"admin:members_cardbatch_{action}", args=[batch.pk])


def test_cards_are_found_by_number_and_by_member(desk, ana, batch):
    url, carried, ready = reverse("admin:members_card_changelist"), ana.cards.get(), batch.cards.first()
    for text, card in [("almeida", carried), (carried.number, carried), (ready.number.lower(), ready)]:
        shown = desk.get(url, {"q": text}).content.decode()
        assert card.number in shown
        assert (carried.number in shown) + (ready.number in shown) == 1


def test_a_card_shows_its_qr_code_and_cannot_be_edited(desk, ana):
    card = ana.cards.get()
    assert "<svg" in desk.get(card_page(card)).content.decode()
    assert desk.post(card_page(card), {"state": "ready"}).status_code == 403
    assert desk.post(card_page(card, "delete"), {"post": "yes"}).status_code == 403


def test_a_card_from_the_drawer_is_handed_over_to_whoever_is_named(desk, bruno, batch):
    operations.mark_printed(batch=batch, at=LONG_AGO, by=None)
    card = batch.cards.first()
    refused = desk.post(card_page(card, "hand_over"), {"member": "nobody"})
    assert "No member is known as “nobody”." in refused.content.decode()
    desk.post(card_page(card, "hand_over"), {"member": bruno.number})
    card.refresh_from_db()
    assert (card.member, card.state) == (bruno, Card.State.ACTIVE)


def test_a_card_not_printed_yet_is_refused_in_words(desk, bruno, batch):
    answer = desk.post(card_page(batch.cards.first(), "hand_over"), {"member": bruno.number})
    assert "This card has not been printed yet." in answer.content.decode()


def test_a_lost_card_is_blocked_or_replaced(desk, ana):
    card = ana.cards.get()
    desk.post(card_page(card, "block"), {"reason": "lost"})
    card.refresh_from_db()
    assert card.state == Card.State.BLOCKED
    desk.post(card_page(card, "replace"), {"reason": "lost", "card": ""})
    assert ana.cards.active().get().replaces == card
    assert desk.get(card_page(card, "replace")).status_code == 403


def test_a_batch_is_made_from_its_form(desk, program, administrator):
    desk.post(reverse("admin:members_cardbatch_add"), {"program": program.pk, "quantity": "25"})
    batch = CardBatch.objects.get()
    assert (batch.cards.count(), batch.by) == (25, administrator)


@pytest.mark.parametrize("quantity", ["0", "-3", "100001", "many", ""])
def test_a_wrong_quantity_is_refused_on_the_form(desk, program, quantity):
    answer = desk.post(reverse("admin:members_cardbatch_add"), {"program": program.pk, "quantity": quantity})
    assert "quantity" in answer.context["adminform"].errors
    assert not Card.objects.exists()


def test_the_numbers_go_to_the_printer_as_a_file_without_formulas(desk):
    program = ProgramFactory(code="bazar", name="=1+1")
    batch = operations.generate_batch(program=program, quantity=3, at=LONG_AGO, by=None)
    answer = desk.get(batch_page(batch, "list_numbers"))
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == list(batch.cards.order_by("pk").values_list("number", flat=True))
    assert {row[2] for row in rows[1:]} == {"'=1+1"}


def test_the_sheet_shows_each_card_with_its_qr_code_page_by_page(desk, program):
    batch = operations.generate_batch(program=program, quantity=101, at=LONG_AGO, by=None)
    first = desk.get(batch_page(batch, "sheet")).content.decode()
    assert first.count("<svg") == 100
    second = desk.get(batch_page(batch, "sheet"), {"page": 2}).content.decode()
    assert second.count("<svg") == 1
    assert batch.cards.order_by("pk").last().number in second
    assert desk.get(batch_page(batch, "sheet"), {"page": "x"}).status_code == 200


def test_a_batch_is_printed_and_shipped_to_a_store_of_its_program(desk, batch, store):
    elsewhere = StoreFactory()
    assert desk.get(batch_page(batch, "ship")).status_code == 403
    desk.post(batch_page(batch, "mark_printed"), {"confirmed": "on"})
    refused = desk.post(batch_page(batch, "ship"), {"store": elsewhere.pk})
    assert refused.status_code == 200
    desk.post(batch_page(batch, "ship"), {"store": store.pk})
    batch.refresh_from_db()
    assert (batch.state, batch.store) == (CardBatch.State.SHIPPED, store)


def test_a_lost_parcel_is_blocked(desk, batch):
    told = desk.post(batch_page(batch, "block"), {"reason": "parcel lost"}, follow=True).content.decode()
    assert "3 cards were blocked." in told
    assert not batch.cards.ready().exists()


def test_a_store_manager_sees_the_batches_shipped_to_the_store(client, batch, store):
    other = operations.generate_batch(program=batch.program, quantity=7_777, at=LONG_AGO, by=None)
    CardBatch.objects.filter(pk=batch.pk).update(state="shipped", store=store)
    manager = UserFactory(stores=[store])
    manager.user_permissions.add(Permission.objects.get(codename="view_cardbatch"))
    client.force_login(manager)
    shown = client.get(BATCHES).content.decode()
    assert store.name in shown
    assert str(other.quantity) not in shown
    assert client.get(batch_page(other, "sheet")).status_code == 404


def test_a_card_of_a_blocked_member_is_not_replaced(desk, ana):
    operations.block_member(member=ana, reason="fraud", at=LONG_AGO, by=None)
    answer = desk.post(card_page(ana.cards.get(), "replace"), {"reason": "lost", "card": ""})
    assert "This member is blocked." in answer.content.decode()
    assert ana.cards.get().state == Card.State.ACTIVE


def test_a_new_card_is_named_by_its_number(desk, ana, program):
    new = CardFactory(program=program, member=None, state="ready", activated_at=None)
    desk.post(card_page(ana.cards.get(), "replace"), {"reason": "worn out", "card": new.number.lower()})
    new.refresh_from_db()
    assert new.member == ana
