from datetime import datetime

from django.db import transaction

from loyalty.events.operations import Happening, emit_many
from loyalty.programs.models import Program
from loyalty.punchcards.models import PunchCard


@transaction.atomic
def expire_cards(*, program: Program, at: datetime, first_member: int, last_member: int) -> int:
    """Mark the open cards that have ended by `at`, and announce those that had punches; how many there were.

    A card past its end takes no punch whether or not this has run. Rows are locked in the order of their ids, as
    whoever punches locks them.
    """
    cards = PunchCard.objects.filter(program=program).ended(at=at).of_members(first_member, last_member)
    ended = list(cards.select_related("card_program").select_for_update(of=("self",)).order_by("id"))
    PunchCard.objects.filter(pk__in=[card.pk for card in ended]).update(state=PunchCard.State.EXPIRED)
    emit_many(
        Happening(
            kind="punchcard.expired",
            program_code=program.code,
            member_id=card.member_id,
            occurred_at=card.expires_at or at,
            recorded_at=at,
            payload={
                "card": card.card_program.code,
                "number": card.number,
                "punches": card.punches,
                "needed": card.of,
            },
        )
        for card in ended
        if card.punches
    )
    return len(ended)
