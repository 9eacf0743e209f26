"""What the ledger does when two members become one, when one is forgotten, and when one asks for everything."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty.ledger import merging, posting
from loyalty.ledger.book import Cause, Movement, Plan
from loyalty.ledger.models import Account, Entry, Lot
from members import registry


def erase(*, member_ids: list[int], at: datetime, by) -> None:
    """Nobody is left to spend the points or to pay a debt: both are adjusted away, so that no promise stays open."""
    purses = Account.objects.filter(member__in=member_ids).order_by("program", "currency", "id")
    for number, program_id, currency, member_id in purses.values_list("id", "program", "currency", "member"):
        books = posting.lock(program_id=program_id, member_ids=[member_id], currency=currency)
        posting.load_lots(books.values())
        plan, book = Plan(), books[member_id]
        movement = Movement(
            Cause("erasure", str(number)), Entry.Kind.ADJUST.value, at, _("erasure"), by.pk if by else None
        )
        book.settle(plan, movement)
        if parts := [(lot, lot.remaining) for lot in book.lots if lot.remaining]:
            book.give_away(plan, movement, parts)
        if book.debt:
            book.credit(plan, movement, book.debt, active_at=at, expires_at=None)
        posting.write(plan, books.values(), program_id=program_id, at=timezone.now())


def export(*, member_ids: list[int]) -> list[dict[str, Any]]:
    """Every account with its entries and what is left of its lots."""
    return [
        {
            "program": account.program.code,
            "currency": account.currency,
            "available": account.available,
            "pending": account.pending,
            "debt": account.debt,
            "entries": [_entry(entry) for entry in account.entries.select_related("key").order_by("id")],
            "lots": [_lot(lot) for lot in account.lots.filter(remaining__gt=0).order_by("id")],
        }
        for account in Account.objects.filter(member__in=member_ids).select_related("program").order_by("id")
    ]


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "points": entry.points,
        "effective_at": _iso(entry.effective_at),
        "cause": str(entry.key),
        "reason": entry.reason,
    }


def _lot(lot: Lot) -> dict[str, Any]:
    return {
        "points": lot.points,
        "remaining": lot.remaining,
        "earned_at": _iso(lot.earned_at),
        "active_at": _iso(lot.active_at),
        "expires_at": _iso(lot.expires_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def register() -> None:
    registry.register(merging.NAME, merge=merging.merge, unmerge=merging.unmerge, erase=erase, export=export)
