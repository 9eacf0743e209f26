"""What punch cards do when two members become one, and when one asks for everything.

The cards follow the person, behind the own ones; what punched them stays where it happened. Two cards of a kind that
are open lie side by side, and the fuller one is filled first. Nothing of a card says who its member is.
"""

from datetime import datetime
from typing import Any

from loyalty.ledger.operations import Batch
from loyalty.programs.models import Program
from loyalty.punchcards.models import PunchCard
from members import registry
from members.models import Member

NAME = "punchcards"


def merge(*, keep: Member, absorb: Member, merge_id: int, at: datetime, by) -> dict[str, list[list[int]]]:
    _hold(keep, absorb)
    cards = list(PunchCard.objects.filter(member=absorb).order_by("card_program", "number"))
    moved = [[card.pk, card.number] for card in cards]
    last: dict[int, int] = {}
    own = PunchCard.objects.filter(member=keep).order_by("number")
    last |= dict(own.values_list("card_program", "number"))
    for card in cards:
        last[card.card_program_id] = last.get(card.card_program_id, 0) + 1
        card.member, card.number = keep, last[card.card_program_id]
    PunchCard.objects.bulk_update(cards, ["member", "number"])
    return {"cards": moved}


def unmerge(*, keep: Member, absorb: Member, moved: dict[str, Any], merge_id: int, at: datetime, by) -> None:
    """Each card goes back as it is by now: one that was filled meanwhile is a full card."""
    _hold(keep, absorb)
    numbers = dict(moved["cards"])
    cards = list(PunchCard.objects.filter(member=keep, pk__in=numbers))
    for card in cards:
        card.member, card.number = absorb, numbers[card.pk]
    PunchCard.objects.bulk_update(cards, ["member", "number"])


def export(*, member_ids: list[int]) -> list[dict[str, Any]]:
    """Every card with its punches."""
    cards = PunchCard.objects.filter(member__in=member_ids).select_related("program", "card_program")
    return [
        {
            "program": card.program.code,
            "card": card.card_program.code,
            "number": card.number,
            "punches": card.punches,
            "of": card.of,
            "state": card.state,
            "opened_at": card.opened_at.isoformat(),
            "expires_at": card.expires_at.isoformat() if card.expires_at else None,
            "punched": [
                {"at": punch.occurred_at.isoformat(), "punches": punch.count, "for": punch.given_for}
                for punch in card.punched.all()
            ],
        }
        for card in cards.prefetch_related("punched").order_by("pk")
    ]


def _hold(keep: Member, absorb: Member) -> None:
    """The accounts of both in every program with cards, in one order: nobody waits in a ring."""
    programs = Program.objects.filter(punch_cards__member__in=[keep, absorb]).distinct()
    for program in programs.order_by("pk"):
        Batch(program=program, member_ids=[keep.pk, absorb.pk])


def register() -> None:
    registry.register(NAME, merge=merge, unmerge=unmerge, export=export)
