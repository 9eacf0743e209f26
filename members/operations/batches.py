"""Cards made ahead, a batch at a time: generated, printed, shipped to a store; blocked where a parcel is lost."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty.lib import codes, sql
from loyalty.lib.saving import save_checked
from loyalty.programs.models import Program, Store
from members.models import Card, CardBatch
from members.references import CARD_LETTER, CODE_LENGTH


class BatchRefused(Exception):
    """The batch is not at the step that this one follows. `code` says why."""

    def __init__(self, message, code: str):
        super().__init__(message)
        self.code = code


@transaction.atomic
def generate_batch(*, program: Program, quantity: int, at: datetime, by) -> CardBatch:
    """`quantity` ready cards with numbers of their own."""
    batch = save_checked(CardBatch(program=program, quantity=quantity, by=by, created_at=at), by=by, at=at)
    numbers = codes.generate(quantity, CODE_LENGTH, prefix=CARD_LETTER)
    columns = ("number", "program_id", "batch_id", "state", "blocked_reason")
    rows = [(number, program.pk, batch.pk, Card.State.READY.value, "") for number in numbers]
    sql.write([sql.Insert(Card, columns, rows)])
    return batch


@transaction.atomic
def mark_printed(*, batch: CardBatch, at: datetime, by) -> CardBatch:
    batch = _at_step(batch, CardBatch.State.GENERATED, _("Only a batch just generated can be marked as printed."))
    batch.state, batch.printed_at = CardBatch.State.PRINTED, at
    return save_checked(batch, by=by, at=at)


@transaction.atomic
def ship_batch(*, batch: CardBatch, store: Store, at: datetime, by) -> CardBatch:
    """Send a printed batch to a store of its program, where its cards are handed over."""
    batch = _at_step(batch, CardBatch.State.PRINTED, _("Only a printed batch can be shipped."))
    if store.program_id != batch.program_id or not store.is_active:
        raise BatchRefused(_("Choose an open store of the batch’s program."), "store_foreign")
    batch.state, batch.store, batch.shipped_at = CardBatch.State.SHIPPED, store, at
    return save_checked(batch, by=by, at=at)


@transaction.atomic
def block_batch(*, batch: CardBatch, reason: str, at: datetime, by) -> int:
    """Block the cards of a lost parcel that nobody carries yet. Returns how many."""
    return batch.cards.ready().update(state=Card.State.BLOCKED, blocked_at=at, blocked_reason=reason)


def _at_step(batch: CardBatch, state: str, message) -> CardBatch:
    batch = CardBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != state:
        raise BatchRefused(message, "batch_state")
    return batch
